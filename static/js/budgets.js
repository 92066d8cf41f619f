// What a person is told of budgets: kept up to date, and dismissed once for each state of a budget in a month.

import { morph } from "./answer.js";

const AFTER = 300; // several answers that end together are one piece of news
const COOKIE = "budgets_read";
const KEPT = 8; // names of notices
const MONTH = 32 * 86_400;
let timer = 0;

/** Something was spent, or refused. On most sites there are no budgets, and then nothing is asked. */
export function refresh() {
  if (!document.getElementById("budgets")) return;
  clearTimeout(timer);
  timer = setTimeout(read, AFTER);
}

async function read() {
  const { thread } = document.body.dataset;
  const response = await fetch(thread ? `/threads/${thread}/budgets` : "/threads/budgets").catch(() => null);
  if (!response?.ok || response.redirected) return;
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  const fresh = holder.content.getElementById("budgets");
  if (fresh) morph(document.getElementById("budgets"), fresh);
}

function dismiss(button) {
  const known = document.cookie.split("; ").find((one) => one.startsWith(`${COOKIE}=`))?.split("=")[1] ?? "";
  const keys = [...new Set([...known.split("~"), button.dataset.dismissBudget])].filter(Boolean).slice(-KEPT);
  document.cookie = `${COOKIE}=${keys.join("~")}; path=/; samesite=lax; max-age=${MONTH}`;
  button.closest(".budget").remove();
  document.getElementById("text").focus();
}

export function begin() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss-budget]");
    if (button) dismiss(button);
  });
}
