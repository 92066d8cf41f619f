// Pages of figures: puts fresh parts into place without a flicker, draws, asks for nothing while nobody looks.

import { morph } from "./metrics_morph.js";
import { drawAll } from "./metrics_plots.js";

const stale = document.getElementById("stale");
const said = document.getElementById("said");
const parts = () => document.querySelectorAll("#board, #now, #inspected");

htmx.defineExtension("quiet", {
  isInlineSwap: (style) => style === "quiet",
  handleSwap(style, target, fragment) {
    if (style !== "quiet") return false;
    const fresh = fragment.querySelector(`#${CSS.escape(target.id)}`);
    const focused = document.activeElement;
    morph(target, fresh);
    if (!focused.isConnected) target.querySelector("[tabindex='-1']")?.focus();
    else if (focused !== document.activeElement) focused.focus({ preventScroll: true }); // its row was moved
    drawAll();
    return [target];
  },
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches("#board, #now, #inspected")) event.preventDefault();
});

// Signed out, a page of another kind comes back; a range that cannot be taken comes back with words about it.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const whole = detail.serverResponse.includes(`id="${detail.target.id}"`);
  if (detail.xhr.status === 422) [detail.shouldSwap, detail.isError] = [true, false];
  detail.shouldSwap &&= whole;
  stale.hidden = whole;
});
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => (stale.hidden = false));

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { verb } = detail.requestConfig;
  if (verb !== "post") return;
  said.textContent = detail.successful ? "The answer is stopped." : "The answer could not be stopped.";
  for (const part of parts()) htmx.trigger(part, "refresh");
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) for (const part of parts()) htmx.trigger(part, "refresh");
});

drawAll();
