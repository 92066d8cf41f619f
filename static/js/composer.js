// Where a person writes: growing, drafts, sending safely, stopping. What an accepted message does to the page is the
// page's business.

import { running, showStatus } from "./answer.js";
import { wait } from "./socket.js";

const SLOWEST = 15_000;
const PROXY_TRIES = 6;
const form = document.getElementById("composer");
const field = document.getElementById("text");
const model = document.getElementById("model");
const sendButton = document.getElementById("send");
const stopButton = document.getElementById("stop");
const problem = document.getElementById("composer-error");
const { person } = document.body.dataset;
const token = form.elements.csrfmiddlewaretoken.value;
const pendingName = `pending:${person}`;
const draftName = (thread) => `draft:${person}:${thread || "new"}`;
const touch = matchMedia("(pointer: coarse)");
const here = () => document.body.dataset.thread;

/** A name for one send. `randomUUID` exists on https alone, and many a site at home is plain http. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const post = (url, fields = {}) =>
  fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { Accept: "application/json", "X-CSRFToken": token },
    signal: AbortSignal.timeout(30_000),
  });

let job = null; // the message on its way, if any
let wake = () => {};

// --- the field ---

const grows = CSS.supports("field-sizing", "content");
export function fit() {
  if (!grows) {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }
  sendButton.disabled = !field.value.trim();
}

function keepDraft(thread, text) {
  if (text.trim()) localStorage.setItem(draftName(thread), text);
  else localStorage.removeItem(draftName(thread));
}

export function forgetDrafts() {
  for (const name of Object.keys(localStorage)) if (name.startsWith("draft:")) localStorage.removeItem(name);
}

export function fill(text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

export const focus = () => field.focus();

function complain(text) {
  problem.textContent = text;
  problem.hidden = !text;
  if (text) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/** Whether an answer, or the message that asks for one, is on its way. */
export const busy = () => Boolean(job || running().length);

/** Shows Stop while there is something to stop, else Send. */
export function refresh() {
  stopButton.hidden = !busy();
  sendButton.hidden = busy();
  if (!busy()) stopButton.disabled = false;
}

// --- sending ---

/** Tries a waiting message again at once. */
export const hurry = () => wake();

/** Sends `text` as the next message; false if one is under way. */
export function send(text, on) {
  if (busy() || !text.trim()) return false;
  const next = { key: newKey(), thread: here(), text, model: model.value };
  sessionStorage.setItem(pendingName, JSON.stringify(next));
  complain("");
  deliver(next, on);
  return true;
}

async function deliver(next, on) {
  job = next;
  const bubble = next.thread === here() ? showBubble(next.text) : null;
  refresh();
  on.sending(bubble);
  const outcome = await answerTo(next, () => bubble?.querySelector(".sending").replaceChildren("Waiting for the connection…"));
  sessionStorage.removeItem(pendingName);
  const { stopWanted } = next;
  job = null;
  if (outcome.error) {
    bubble?.remove();
    refuse(next, outcome.error);
    on.refused();
  } else {
    if (localStorage.getItem(draftName(next.thread)) === next.text) keepDraft(next.thread, "");
    on.accepted(next, outcome, bubble);
    bubble?.remove();
  }
  refresh();
  if (stopWanted && !outcome.error) stop(on.cancel);
}

/** The server's answer to a message. The same key goes with every try, so the server takes the message once. */
async function answerTo({ thread, text, model: name, key }, waiting) {
  const url = thread ? `/threads/${thread}/send` : "/threads/send";
  let proxyErrors = 0;
  for (let pause = 1_000; ; pause = Math.min(SLOWEST, pause * 2)) {
    try {
      const response = await post(url, { text, model: name, key });
      const body = await response.json().catch(() => null);
      if (body && body.error?.type !== "draining") return body;
      if (response.status < 500 || (proxyErrors += 1) >= PROXY_TRIES) {
        return { error: { message: `The server did not take the message (${response.status}). Reload the page and send it again.` } };
      }
    } catch {
      // No connection: the message waits for it.
    }
    waiting();
    await Promise.race([wait(pause), new Promise((done) => { wake = done; })]);
  }
}

function showBubble(text) {
  const bubble = document.getElementById("bubble-template").content.cloneNode(true).firstElementChild;
  bubble.querySelector("[data-text]").textContent = text;
  document.getElementById("transcript").append(bubble);
  return bubble;
}

/** The text goes back to where it was written, before whatever was written since. */
function refuse({ thread, text }, error) {
  if (thread !== here()) {
    keepDraft(thread, text);
    return;
  }
  if (field.value !== text) field.value = field.value.trim() ? `${text}\n\n${field.value}` : text;
  keepDraft(thread, field.value);
  fit();
  field.focus();
  complain(error.retry_after ? `${error.message} Try again in ${Math.ceil(error.retry_after)} s.` : error.message);
}

// --- stopping ---

/** Stops the answer; `cancel(requestId)` uses the open line and says whether there was one. */
export function stop(cancel) {
  if (job) job.stopWanted = true;
  if (document.activeElement === stopButton && !touch.matches) field.focus();
  stopButton.disabled = true;
  for (const article of running()) {
    const id = article.dataset.request;
    showStatus(article, { state: "stopping", text: "Stopping…" });
    if (!cancel(id)) post(`/generations/${id}/cancel`).catch(() => { stopButton.disabled = false; });
  }
}

// --- wiring ---

export function begin(on) {
  const submit = () => {
    if (!send(field.value, on)) return;
    field.value = "";
    fit();
    if (touch.matches) field.blur(); // the keyboard goes, the answer can be seen
    else field.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!event.submitter?.matches("[data-suggest]")) submit();
  });
  field.addEventListener("keydown", (event) => {
    // 229: some browsers end a composition with an Enter that they no longer call composing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  field.addEventListener("input", () => {
    fit();
    complain("");
    keepDraft(here(), field.value);
  });
  stopButton.addEventListener("click", (event) => {
    event.preventDefault();
    stop(on.cancel);
  });
  if (!field.value) field.value = localStorage.getItem(draftName(here())) ?? "";
  fit();
  refresh();
  const pending = JSON.parse(sessionStorage.getItem(pendingName) ?? "null");
  if (pending) {
    if (field.value === pending.text) field.value = "";
    deliver(pending, on);
  }
}
