// The list of deployments in the admin: keeps the words on how they are up to date while somebody looks at it.

const EVERY = 2000;
const cells = document.querySelectorAll("[data-health]");
const note = document.createElement("p");
note.className = "health-note";
note.setAttribute("role", "status");
let timer = 0;
let asking = false;

/** Writes what has changed, and nothing else: what somebody reads or has selected stays as it is. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function show({ unknown, deployments }) {
  for (const cell of cells) {
    const { health, column } = cell.dataset;
    write(cell, (deployments[health] ?? unknown)[column]);
  }
}

async function refresh() {
  if (asking) return;
  asking = true;
  try {
    const response = await fetch(new URL("health/", location.href), { redirect: "error", signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`Status ${response.status}`);
    show(await response.json());
    write(note, "");
  } catch {
    write(note, "This list is not up to date: the site does not answer, or you are signed out. Reload the page.");
  }
  asking = false;
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, EVERY);
}

if (cells.length) {
  document.getElementById("changelist").before(note);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) refresh();
  });
  if (!document.hidden) timer = setTimeout(refresh, EVERY);
}
