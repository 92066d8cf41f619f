// Turns a part of the page into a fresh one, touching only what differs: what has the focus keeps it, what is open stays
// open, what is selected stays selected. Elements are the same where their id or data-key is; else by their place.

const keyOf = (node) => node.nodeType === Node.ELEMENT_NODE && (node.id || node.dataset?.key);
const isPlot = (node) => node.nodeType === Node.ELEMENT_NODE && node.classList.contains("plot");

export function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  attributes(old, fresh);
  if (!isPlot(old)) children(old, fresh); // what is in a plot was drawn here
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (fresh.hasAttribute(name) || (name === "open" && old.localName === "details")) continue;
    old.removeAttribute(name);
    if (name === "selected") old.selected = false;
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) === value) continue;
    old.setAttribute(name, value);
    if (name === "value" && "value" in old) old.value = value; // a field's own value no longer follows its attribute
    if (name === "selected") old.selected = true;
  }
}

function children(parent, fresh) {
  const keyed = new Map([...parent.children].filter(keyOf).map((node) => [keyOf(node), node]));
  const stays = new Set([...fresh.children].map(keyOf).filter(Boolean));
  let at = parent.firstChild;
  for (const next of [...fresh.childNodes]) {
    const same = keyOf(next) ? keyed.get(keyOf(next)) : alike(at, next) ? at : null;
    if (same && same.nodeName === next.nodeName) {
      // What goes makes room: an element that is moved loses the focus.
      while (at && at !== same && !stays.has(keyOf(at))) at = removed(at);
      if (same === at) at = at.nextSibling;
      else parent.insertBefore(same, at);
      morph(same, next);
    } else {
      parent.insertBefore(document.adoptNode(next), at);
    }
  }
  while (at) at = removed(at);
}

/** What came after the node that is removed. */
function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

const alike = (old, fresh) => old && !keyOf(old) && old.nodeName === fresh.nodeName;
