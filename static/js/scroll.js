// Keeps the end of the conversation in view, but only for somebody who is there already and selects nothing.

const jump = document.getElementById("jump");
const transcript = document.getElementById("transcript");
const NEAR = 64;
let pinned = true;
let pressing = false;
let lastTop = 0;

const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR;

function selecting() {
  const selection = getSelection();
  return pressing || (selection && !selection.isCollapsed && transcript.contains(selection.anchorNode));
}

/** Only going up lets go of the end: it may have moved on since this page scrolled down to it. */
function look() {
  const end = atEnd();
  if (end) pinned = true;
  else if (scrollY < lastTop) pinned = false;
  lastTop = scrollY;
  jump.hidden = pinned || end;
}

function follow() {
  if (pinned && !selecting()) scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  else jump.hidden = atEnd();
}

export function toEnd() {
  pinned = true;
  jump.hidden = true;
  scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

export function begin() {
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate" && !location.hash) toEnd();
  pinned = atEnd();
  look();
  addEventListener("scroll", look, { passive: true });
  transcript.addEventListener("pointerdown", () => { pressing = true; });
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => { pressing = false; });
  jump.addEventListener("click", toEnd);
  new ResizeObserver(follow).observe(transcript);
  addEventListener("resize", follow);
}
