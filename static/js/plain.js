// Pages of one card: copies what a button names by a selector, such as a new API key.

import { put } from "./copy.js";

for (const button of document.querySelectorAll("button[data-copy]")) {
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const done = put(document.querySelector(button.dataset.copy).textContent);
    button.textContent = await done.then(() => "Copied", () => "Select it and copy it by hand");
    setTimeout(() => { button.textContent = words; }, 2_000);
  });
}
