// The chat page: joins the line to the server, the answers, the composer and the rest, and knows the shortcuts.

import * as answers from "./answer.js";
import * as budgets from "./budgets.js";
import * as composer from "./composer.js";
import * as copy from "./copy.js";
import * as scroll from "./scroll.js";
import * as side from "./side.js";
import { Line } from "./socket.js";
import * as speak from "./speak.js";
import * as toasts from "./toast.js";

const NOTHING = () => {};
const { dataset } = document.body;
const banner = document.getElementById("banner");
const BANNER_AFTER = 500;
let line = null;
let connected = false;
let shown = location.pathname;
let missed = false; // a gap was seen: what is here is not to be relied on

// --- what the server says ---

function watch() {
  if (!dataset.thread) return;
  const known = answers.open().map((article) => {
    const { seq, blocks } = answers.have(article);
    return [article.dataset.request, missed ? { seq: 0, blocks: 0 } : { seq, blocks }];
  });
  line.send({ type: "watch", id: "watch", thread: dataset.thread, have: Object.fromEntries(known) });
}

/** Tells the server what has been applied, now and then: it sends on for a while without being told. */
const ACKNOWLEDGE_WITHIN = 150;
const unacknowledged = new Map();
function acknowledge({ request_id, seq }) {
  if (!unacknowledged.size) {
    setTimeout(() => {
      for (const [request_id, seq] of unacknowledged) line.send({ type: "ack", request_id, seq });
      unacknowledged.clear();
    }, ACKNOWLEDGE_WITHIN);
  }
  unacknowledged.set(request_id, seq);
}

function patch(frame) {
  const outcome = answers.patch(frame);
  if (outcome === "unknown") {
    sync().then(watch, NOTHING); // its turn has been missed: read the page, then say what is known
  } else if (outcome === "gap") {
    watch();
    missed = true; // should it happen again, everything is asked for
  } else {
    acknowledge(frame);
  }
  if (outcome === "applied") {
    missed = false;
    speak.speak(answers.find(frame.request_id));
  }
}

function end(frame) {
  const outcome = answers.end(frame);
  if (outcome === "unknown") sync().catch(NOTHING);
  if (outcome !== "applied") return;
  if (frame.title) side.retitle(dataset.thread, frame.title);
  const article = answers.find(frame.request_id);
  speak.speak(article, true);
  speak.say(article.querySelector(".outcome")?.textContent ?? "");
  composer.refresh();
  budgets.refresh();
}

function turn(frame) {
  if (frame.thread !== dataset.thread) return;
  answers.turn(frame.html);
  composer.refresh();
}

function entry(frame) {
  side.entry(frame);
  if (frame.gone) gone(frame.thread);
}

function gone(thread) {
  if (thread === dataset.thread) location.assign(dataset.home);
}

const FRAMES = {
  hello: NOTHING, pong: NOTHING, sent: NOTHING, cancelled: NOTHING, watching: NOTHING,
  turn, patch, end, entry,
  error: ({ id, error }) => (id === "watch" ? sync().catch(NOTHING) : toasts.toast(error.message, "error")),
};

// --- the line ---

let reading = null;

/** Reads the page again and takes over what this one lacks. Rejected when the server cannot be reached. */
function sync() {
  reading ??= readAgain().finally(() => { reading = null; });
  return reading;
}

async function readAgain() {
  const { thread } = dataset;
  const response = await fetch(thread ? `/threads/${thread}/` : dataset.home, { headers: { Accept: "text/html" } });
  if (response.status === 404) return gone(thread);
  if (!response.ok) throw new Error(String(response.status));
  if (response.redirected) return location.reload(); // to the sign-in page
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const line of [...page.querySelectorAll("#threads > .entry")].reverse()) {
    side.entry({ thread: line.id.slice(2), html: line.outerHTML });
  }
  if (!thread || thread !== dataset.thread) return undefined;
  answers.merge(page);
  answers.morph(document.getElementById("head"), document.adoptNode(page.getElementById("head")));
  document.title = page.title;
  composer.refresh();
  line.follow();
  return undefined;
}

function mode(now) {
  dataset.line = now;
  if (now === "lost") {
    setTimeout(() => {
      if (dataset.line !== "lost") return;
      banner.textContent = "Connection lost, reconnecting…";
      banner.hidden = false;
    }, BANNER_AFTER);
    return;
  }
  banner.hidden = true;
  composer.hurry();
  if (now !== "socket") return;
  watch();
  if (connected) sync().catch(NOTHING); // what began and ended meanwhile
  connected = true;
}

// --- what the person does ---

const cancel = (id) => line.send({ type: "cancel", id: `cancel-${id}`, request_id: id });

const sends = {
  cancel,
  sending: () => {
    document.getElementById("welcome")?.setAttribute("hidden", "");
    scroll.toEnd();
  },
  refused: budgets.refresh, // it may be for a budget
  accepted: (job, { thread, html }) => {
    if (job.thread !== dataset.thread) {
      toasts.toast("The message that was waiting has been sent.");
      return;
    }
    if (html) answers.turn(html);
    if (!dataset.thread) opened(thread);
    scroll.toEnd();
    line.follow();
  },
};

/** The first message made a conversation: this page becomes its page. */
function opened(thread) {
  dataset.thread = thread;
  shown = `/threads/${thread}/`;
  history.pushState(null, "", shown);
  document.querySelector(`#t-${CSS.escape(thread)} .entry-link`)?.setAttribute("aria-current", "page");
  watch();
  sync().catch(NOTHING);
}

function retry(button) {
  const answer = button.closest("article");
  let before = answer.previousElementSibling;
  while (before && !before.matches(".user")) before = before.previousElementSibling;
  if (before) composer.send(before.querySelector("[data-text]").textContent, sends);
}

function escape(event) {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.shiftKey) composer.focus();
  else if (!side.closeDrawer() && document.activeElement?.id !== "search" && composer.busy()) composer.stop(cancel);
  else return;
  event.preventDefault();
}

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
const control = (event) => event.ctrlKey || event.metaKey;
const KEYS = [
  [(event) => event.key === "Escape", escape],
  [(event) => event.key === "/" && !control(event) && !event.altKey && !typing(event.target), (event) => { event.preventDefault(); composer.focus(); }],
  [(event) => control(event) && event.shiftKey && event.code === "KeyO", (event) => { event.preventDefault(); location.assign(dataset.home); }],
  [(event) => control(event) && !event.shiftKey && event.code === "KeyK", (event) => { event.preventDefault(); side.search(); }],
];

document.addEventListener("keydown", (event) => KEYS.find(([fits]) => fits(event))?.[1](event));
document.addEventListener("click", (event) => {
  const again = event.target.closest("[data-retry]");
  const suggestion = event.target.closest("[data-suggest]");
  if (!again && !suggestion) return;
  event.preventDefault();
  if (again) retry(again);
  else composer.fill(suggestion.value);
});
addEventListener("popstate", () => location.pathname !== shown && location.reload()); // a jump inside the page is none

document.querySelectorAll("article.answer").forEach(speak.skip);
toasts.begin();
budgets.begin();
copy.begin();
side.begin({ gone, leaving: composer.forgetDrafts });
scroll.begin();
line = new Line(dataset.socket, {
  mode,
  check: sync,
  frame: (frame) => FRAMES[frame.type]?.(frame),
  follow: () => answers.running().map((article) => ({ id: article.dataset.request, ...answers.have(article) })),
});
composer.begin(sends);
