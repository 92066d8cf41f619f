// Short messages at the edge of the window; they can be dismissed, and go by themselves unless they report an error.

const STAYS = 4_000;
const box = document.getElementById("toasts");

export function toast(text, kind = "") {
  const note = document.getElementById("toast-template").content.cloneNode(true).firstElementChild;
  note.querySelector("p").textContent = text;
  if (kind) note.classList.add(kind);
  for (const old of box.children) if (old.textContent.trim() === text) old.remove();
  box.append(note);
  if (kind !== "error") leave(note);
}

function leave(note) {
  setTimeout(() => (note.matches(":hover, :focus-within") ? leave(note) : note.remove()), STAYS);
}

export function begin() {
  box.addEventListener("click", (event) => event.target.closest("button") && event.target.closest(".toast").remove());
  for (const note of box.querySelectorAll(".toast:not(.error)")) leave(note);
}
