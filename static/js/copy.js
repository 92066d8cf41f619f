// Copies code and messages. `navigator.clipboard` exists on https alone, so there is an older way for plain http.

import { toast } from "./toast.js";

export async function put(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const holder = document.createElement("textarea");
  const { activeElement } = document;
  holder.value = text;
  holder.className = "visually-hidden";
  document.body.append(holder);
  holder.select();
  const done = document.execCommand("copy");
  holder.remove();
  activeElement?.focus();
  if (!done) throw new Error("The browser does not allow copying.");
}

const TEXTS = {
  copy: async (button) => button.closest(".code").querySelector("pre").textContent.replace(/\n$/, ""),
  copyMessage: async (button) => {
    const response = await fetch(button.dataset.copyMessage);
    if (!response.ok) throw new Error(String(response.status));
    return response.text();
  },
};

export function begin() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-message]");
    if (!button) return;
    const kind = "copy" in button.dataset ? "copy" : "copyMessage";
    try {
      await put(await TEXTS[kind](button));
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 1_500);
      toast("Copied");
    } catch {
      toast("This could not be copied. Select the text and copy it by hand.", "error");
    }
  });
}
