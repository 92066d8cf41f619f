// Draws the tables of the page's charts. A cell without a value is a gap, which no line goes through.

const HEIGHT = 190;
const AXIS = 12; // pixels, of letters
const plots = new Map(); // element -> {plot, shape}

const trim = (number, digits) => String(Number(number.toPrecision(digits)));
const WRITE = {
  seconds: (value) => (value < 0.9995 ? `${trim(value * 1000, 3)} ms` : value < 60 ? `${trim(value, 3)} s` : `${trim(value / 60, 3)} min`),
  share: (value) => `${trim(value * 100, 3)}%`,
  count: (value) => value.toLocaleString("en"),
  rate: (value) => (value < 0.01 ? "< 0.01" : trim(value, 3)),
  usd: (value) => `$${value >= 1000 ? Math.round(value).toLocaleString("en") : value >= 0.01 ? value.toFixed(2) : trim(value, 3)}`,
};
const write = (unit) => (value) => (value == null ? "–" : value === 0 ? "0" : WRITE[unit](value));

/** Colours as the page has them now, light or dark. */
function colour(element, name) {
  const probe = document.createElement("i");
  probe.className = name;
  element.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** {labels, data}: seconds since 1970, then each column's values. */
function read(table) {
  const labels = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows];
  const times = rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000);
  const columns = labels.map((_, i) => rows.map(({ cells }) => ("value" in cells[i + 1].dataset ? Number(cells[i + 1].dataset.value) : null)));
  return { labels, data: [times, ...columns] };
}

/** Along the bottom: the time of day, and the day where it begins or nothing shorter than days is told. */
function moments(_plot, seconds, _axis, _space, step) {
  return seconds.map((at) => {
    const iso = new Date(at * 1000).toISOString();
    return step >= 86_400 || at % 86_400 === 0 ? iso.slice(5, 10) : iso.slice(11, 16);
  });
}

/** While nobody points at a moment, the legend tells of the last one. */
function showLast(plot) {
  plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

function options(element, labels) {
  const { unit, least } = element.dataset;
  const [soft, line] = [colour(element, "plot-soft"), colour(element, "plot-line")];
  const axis = { stroke: soft, font: `${AXIS}px system-ui, sans-serif`, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { sync: { key: "figures" }, drag: { x: false, y: false }, y: false },
    legend: { live: true },
    hooks: { setCursor: [(plot) => plot.cursor.left < 0 && showLast(plot)], ready: [showLast], setData: [showLast] },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(high * 1.08, Number(least)) || 1] } },
    axes: [
      { ...axis, space: 76, size: 30, values: moments },
      { ...axis, size: 62, space: 36, values: (_plot, ticks) => ticks.map(write(unit)), incrs: unit === "count" ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7] : undefined },
    ],
    series: [
      { label: "From", value: "{YYYY}-{MM}-{DD} {HH}:{mm}" },
      ...labels.map((label, i) => ({ label, stroke: colour(element, `plot-${i + 1}`), width: 1.75, value: (_plot, value) => write(unit)(value), points: { show: true, size: 4, fill: colour(element, `plot-${i + 1}`) } })),
    ],
  };
}

function draw(element) {
  const table = document.getElementById(element.dataset.plot);
  const { labels, data } = read(table);
  const shape = `${labels} ${getComputedStyle(element).color}`; // another colour of letters: it became dark or light
  const known = plots.get(element);
  if (known?.shape === shape) {
    if (known.data !== JSON.stringify(data)) known.plot.setData(data);
    known.data = JSON.stringify(data);
    return;
  }
  known?.plot.destroy();
  plots.set(element, { plot: new uPlot(options(element, labels), data, element), shape, data: JSON.stringify(data) });
}

const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const plot = plots.get(target)?.plot;
    if (plot && target.clientWidth && plot.width !== target.clientWidth) plot.setSize({ width: target.clientWidth, height: HEIGHT });
  }
});

export function drawAll() {
  for (const [element, { plot }] of plots) {
    if (element.isConnected) continue;
    plot.destroy();
    widths.unobserve(element);
    plots.delete(element);
  }
  for (const element of document.querySelectorAll(".plot")) {
    if (!plots.has(element)) widths.observe(element);
    draw(element);
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
