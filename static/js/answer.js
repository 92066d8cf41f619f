// Applies what the server says about an answer to its <article>. Knows nothing of how the words came.

export const find = (requestId) => document.querySelector(`#transcript article[data-request="${CSS.escape(requestId)}"]`);
export const running = () => [...document.querySelectorAll('#transcript article[aria-busy="true"]')];

/** The answers whose present state this page may not know: those that run, and the last one. */
export const open = () => {
  const last = [...document.querySelectorAll("#transcript article[data-request]")].at(-1);
  return last ? [...new Set([...running(), last])] : [];
};

/** What this page has of an answer: up to which event, and how many blocks that will not change again. */
export const have = (article) => ({ seq: Number(article.dataset.seq), blocks: Number(article.dataset.stable) });

const parse = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
};

/** Turns `old` into `fresh`, touching only what differs, so that a selection or an open drawer in it stays. */
export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
  } else if (old.nodeType === Node.TEXT_NODE) {
    if (fresh.data.startsWith(old.data)) old.appendData(fresh.data.slice(old.length));
    else old.data = fresh.data;
  } else if (old.nodeType === Node.ELEMENT_NODE) {
    for (const { name } of [...old.attributes]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    morphChildren(old, [...fresh.childNodes]);
  }
}

function morphChildren(parent, fresh, from = 0, old = [...parent.childNodes]) {
  fresh.forEach((node, i) => (old[from + i] ? morph(old[from + i], node) : parent.append(node)));
  for (const node of old.slice(from + fresh.length)) node.remove();
}

/** Applies a `patch`: "applied", "old" (known already), "gap" (something before it is missing) or "unknown". */
export function patch(frame) {
  const article = find(frame.request_id);
  if (!article) return "unknown";
  const seq = Number(article.dataset.seq);
  if (frame.seq <= seq) return "old";
  const blocks = article.querySelector(".blocks");
  const thoughts = article.querySelector(".reasoning-text");
  const { reasoning } = frame;
  if (frame.after > seq || frame.from > blocks.children.length) return "gap";
  if (reasoning && reasoning.from > thoughts.textContent.length) return "gap";

  const fresh = [...parse(frame.blocks.join("")).children];
  morphChildren(blocks, fresh, frame.from, [...blocks.children]);
  if (reasoning) think(article, thoughts, reasoning);
  if ("status" in frame) showStatus(article, frame.status);
  if ("sources" in frame) article.querySelector(".sources").innerHTML = frame.sources ?? "";
  article.dataset.seq = frame.seq;
  article.dataset.stable = frame.stable;
  return "applied";
}

function think(article, thoughts, { from, text }) {
  const atEnd = thoughts.scrollHeight - thoughts.scrollTop - thoughts.clientHeight < 24;
  if (!thoughts.firstChild) thoughts.append("");
  thoughts.normalize();
  const node = thoughts.firstChild ?? thoughts.appendChild(document.createTextNode(""));
  node.replaceData(from, node.length - from, text);
  article.querySelector(".reasoning").hidden = !node.length;
  if (atEnd) thoughts.scrollTop = thoughts.scrollHeight;
}

export function showStatus(article, status) {
  const line = article.querySelector(".status");
  line.textContent = status?.text ?? "";
  line.dataset.status = status?.state ?? "";
}

/** Applies an `end`: "applied", "old" (what ended stays ended) or "unknown". */
export function end(frame) {
  const article = find(frame.request_id);
  if (!article) return "unknown";
  if (article.getAttribute("aria-busy") === "false") return "old";
  article.dataset.state = frame.state;
  article.dataset.seq = Math.max(frame.seq, Number(article.dataset.seq));
  article.setAttribute("aria-busy", "false");
  showStatus(article, null);
  article.querySelector(".status").hidden = true;
  article.querySelector(".footer").innerHTML = frame.footer;
  return "applied";
}

const words = (article) => article.querySelector("[data-text]")?.textContent;

/** Puts a turn (a person's message and the empty answer) at the end, unless it stands there already. */
export function turn(html) {
  const transcript = document.getElementById("transcript");
  const pending = transcript.querySelector(".pending");
  for (const article of [...parse(html).querySelectorAll("article")]) {
    if (document.getElementById(article.id)) continue;
    transcript.insertBefore(article, pending?.isConnected ? pending : null);
    if (pending && words(article) === words(pending)) pending.remove(); // this is what it stood for
  }
}

/** Brings the conversation up to `page`, a newer copy of this page: adds what is missing, replaces what is older. */
export function merge(page) {
  const transcript = document.getElementById("transcript");
  let before = null;
  for (const fresh of [...page.querySelectorAll("#transcript > article")]) {
    const mine = document.getElementById(fresh.id);
    if (!mine) {
      if (before) before.after(fresh);
      else transcript.prepend(fresh);
      before = fresh;
      continue;
    }
    const ended = fresh.getAttribute("aria-busy") === "false" && mine.getAttribute("aria-busy") === "true";
    if (ended || Number(fresh.dataset.seq) > Number(mine.dataset.seq)) morph(mine, fresh);
    before = mine;
  }
}
