// The list of conversations: the drawer of narrow screens, renaming and deleting in a dialog, colours.

import { morph } from "./answer.js";
import { post } from "./composer.js";

const side = document.getElementById("side");
const stage = document.getElementById("stage");
const list = document.getElementById("threads");
const narrow = matchMedia("(max-width: 56rem)");
let opener = null;

// --- the drawer ---

const isOpen = () => side.classList.contains("open");

function drawer(open) {
  if (open === isOpen()) return;
  if (open) opener = document.activeElement;
  side.classList.toggle("open", open);
  stage.inert = open;
  if (open) side.querySelector("[data-drawer=close]").focus();
  else if (opener?.isConnected) opener.focus();
}

export const closeDrawer = () => isOpen() && (drawer(false), true);

export function search() {
  if (narrow.matches) drawer(true);
  document.getElementById("search").focus();
}

// --- lines ---

/** A conversation has changed: its line goes to the top, or out. */
export function entry({ thread, html, gone }) {
  const mine = document.getElementById(`t-${thread}`);
  if (gone) return mine?.remove();
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.querySelector("li");
  if (thread === document.body.dataset.thread) fresh.querySelector(".entry-link").setAttribute("aria-current", "page");
  const searching = document.getElementById("search").value.trim();
  if (mine) morph(mine, fresh);
  else if (searching) return undefined;
  else list.querySelector(".entries-note")?.remove();
  const line = mine ?? fresh;
  if (thread === document.body.dataset.thread) retitle(thread, line.querySelector(".entry-title").textContent);
  if (!searching && list.firstElementChild !== line && !line.contains(document.activeElement)) list.prepend(line);
  return undefined;
}

export function retitle(thread, title) {
  const name = document.querySelector(`#t-${CSS.escape(thread)} .entry-title`);
  if (name) name.textContent = title;
  if (thread !== document.body.dataset.thread) return;
  document.querySelector("#head .title").textContent = title;
  document.title = `${title} · chatsite`;
}

// --- dialogs ---

const threadOf = (link) => new URL(link.href).pathname.split("/")[2];
const titleOf = (link) =>
  (link.closest(".entry")?.querySelector(".entry-title") ?? document.querySelector("#head .title")).textContent.trim();

function ask(box, link, prepare, done) {
  const form = box.querySelector("form");
  const error = box.querySelector(".field-error");
  error.hidden = true;
  prepare(form);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    const answer = await post(link.href, fields).then((response) => response.json()).catch(() => null);
    if (answer && !answer.error) {
      box.close();
      done(answer);
      return;
    }
    error.textContent = answer?.error.message ?? "The server cannot be reached. Try again in a moment.";
    error.hidden = false;
  };
  box.showModal();
}

function rename(link) {
  const prepare = (form) => {
    form.elements.title.value = titleOf(link);
    requestAnimationFrame(() => form.elements.title.select());
  };
  ask(document.getElementById("rename-box"), link, prepare, ({ title }) => retitle(threadOf(link), title));
}

function remove(link, gone) {
  const prepare = (form) => { form.querySelector("[data-title]").textContent = titleOf(link); };
  ask(document.getElementById("delete-box"), link, prepare, () => {
    const thread = threadOf(link);
    entry({ thread, gone: true });
    gone(thread);
  });
}

// --- colours ---

const THEMES = { "": ["light", "Colours: as the system"], light: ["dark", "Colours: light"], dark: ["", "Colours: dark"] };

function paint(theme) {
  const root = document.documentElement;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  const button = document.getElementById("theme");
  button.title = THEMES[theme][1];
  button.setAttribute("aria-label", THEMES[theme][1]);
}

export function begin(on) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-drawer], a[data-rename], a[data-delete]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.dataset.drawer) drawer(link.dataset.drawer === "open");
    else if ("rename" in link.dataset) rename(link);
    else remove(link, on.gone);
  });
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  narrow.addEventListener("change", () => drawer(false));
  document.getElementById("leave").addEventListener("submit", on.leaving);
  document.getElementById("theme").addEventListener("click", () => {
    const [next] = THEMES[document.documentElement.dataset.theme ?? ""];
    document.cookie = `theme=${next}; path=/; samesite=lax; max-age=${next ? 31_536_000 : 0}`;
    paint(next);
  });
  paint(document.documentElement.dataset.theme ?? "");
}
