// Says an answer to a screen reader sentence by sentence, never token by token.

const region = document.getElementById("spoken");
const KEPT = 6;
const SENTENCE = /[^.!?。！？\n]*(?:[.!?]+["'”’)\]]*(?=\s)|[。！？]+|\n)/g;
const said = new WeakMap(); // article → how far: the block, and the characters of it

export function say(text) {
  const words = text.trim();
  if (!words) return;
  const line = document.createElement("p");
  line.textContent = words;
  region.append(line);
  while (region.childElementCount > KEPT) region.firstElementChild.remove();
}

/** Says what is new in `article` up to the last whole sentence; up to the very end when it has ended. */
export function speak(article, ended = false) {
  const place = said.get(article) ?? { block: 0, chars: 0 };
  const stable = ended ? Infinity : Number(article.dataset.stable);
  const blocks = article.querySelector(".blocks").children;
  for (; place.block < blocks.length; place.block += 1, place.chars = 0) {
    const block = blocks[place.block];
    const whole = place.block < stable;
    if (block.classList.contains("code")) {
      if (!whole) break;
      say(`Code, ${block.dataset.lang || "plain text"}.`);
      continue;
    }
    const rest = block.textContent.slice(place.chars);
    const part = whole ? rest : (rest.match(SENTENCE) ?? []).join("");
    say(part);
    place.chars += part.length;
    if (!whole) break;
  }
  said.set(article, place);
}

/** What stands on the page already has been read, or can be. */
export function skip(article) {
  said.set(article, { block: article.querySelector(".blocks").children.length, chars: 0 });
}
