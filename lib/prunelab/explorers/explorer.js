// Draws what Python computed (panels.py): each panel holds its values for every whole per cent of sparsity, so a move
// of the slider only looks them up.

const at = (cell, sparsity) => (Array.isArray(cell) ? cell[sparsity] : cell);
const variant = (panel, choice) => panel.variants[Math.min(choice, panel.variants.length - 1)];

function make(tag, parent, attributes = {}, text = "") {
  const node = parent.appendChild(document.createElement(tag));
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}

const KEYS = { "data-lm-suppress-shortcuts": "true" }; // on the control itself, or JupyterLab takes its arrow keys

// Controls ------------------------------------------------------------------------------------------------------------

function addMenu(parent, data, state, changed) {
  const label = make("label", parent, {}, data.menu);
  const menu = make("select", label, { "aria-label": data.menu, ...KEYS });
  data.choices.forEach((choice, index) => make("option", menu, { value: index }, choice));
  menu.addEventListener("change", () => {
    state.choice = Number(menu.value);
    changed();
  });
}

function addSlider(parent, state, changed) {
  const label = make("label", parent, { class: "prunelab-slider" }, "Sparsity");
  const slider = make("input", label, { type: "range", min: 0, max: 100, step: 1, "aria-label": "Sparsity", ...KEYS });
  const shown = make("output", label);
  const show = () => {
    state.sparsity = Number(slider.value);
    slider.setAttribute("aria-valuetext", `${state.sparsity} per cent`);
    shown.textContent = `${state.sparsity} %`;
  };
  slider.value = state.sparsity;
  slider.addEventListener("input", () => {
    show();
    changed();
  });
  show();
}

function addControls(root, data, state, changed) {
  make("strong", root, {}, data.name);
  const controls = make("div", root, { class: "prunelab-controls" });
  if (data.choices.length) addMenu(controls, data, state, changed);
  addSlider(controls, state, changed);
}

// Drawing -------------------------------------------------------------------------------------------------------------

function inks(element, colours) {
  const style = getComputedStyle(element);
  const theme = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const reference = style.color; // black on light, white on dark
  const quiet = theme("--jp-ui-font-color2", "#616161");
  const [muted, faint] = [theme("--jp-border-color1", "#bdbdbd"), theme("--jp-border-color2", "#e0e0e0")];
  return { ...colours, reference, quiet, muted, faint, paper: style.backgroundColor, font: `12px ${style.fontFamily}` };
}

/** Clear the canvas, fit it to its place on the screen, and return its context in CSS pixels. */
function sheet(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  return { context, width, height };
}

const bytesOf = (colour) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
const opaque = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** A kept weight's colour by the rank of its magnitude: from a lighter to a darker tone of the kept colour. */
function shades(kept) {
  const mix = (to, share) => bytesOf(kept).map((byte) => Math.round(byte + (to - byte) * share));
  const shade = (rank) => (rank < 50 ? mix(255, 0.3 - 0.006 * rank) : mix(0, (rank - 50) / 75));
  return Array.from({ length: 101 }, (_, rank) => opaque(shade(rank)));
}

function drawMask({ context, width, height }, panel, state, ink) {
  const size = panel.width * panel.height;
  const first = Math.min(state.choice * size, panel.levels.length - size);
  const image = new ImageData(panel.width, panel.height);
  const pixels = new Uint32Array(image.data.buffer);
  const [kept, pruned] = [shades(ink.kept), opaque(bytesOf(ink.pruned))];
  for (let i = 0; i < size; i++) pixels[i] = panel.levels[first + i] <= state.sparsity ? pruned : kept[panel.levels[i]];
  panel.buffer ??= new OffscreenCanvas(panel.width, panel.height);
  panel.buffer.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = width * (window.devicePixelRatio || 1) < panel.width;
  context.drawImage(panel.buffer, 0, 0, width, height);
}

/** The plotting area: functions from data to CSS pixels, and the edges. */
function area({ width, height }, [left, right], [low, high], margin) {
  const edge = { left: 48, right: width - margin, top: 20, bottom: height - 34 };
  const x = (value) => edge.left + ((value - left) / (right - left)) * (edge.right - edge.left);
  const y = (value) => edge.bottom - ((value - low) / (high - low)) * (edge.bottom - edge.top);
  return { ...edge, x, y };
}

function write(context, text, x, y, align, colour) {
  context.fillStyle = colour;
  context.textAlign = align;
  context.fillText(text, x, y);
}

function drawAxes(context, place, labels, ticks, ink) {
  context.font = ink.font;
  context.lineWidth = 1;
  context.strokeStyle = ink.faint;
  for (const tick of ticks.y) {
    context.strokeRect(place.left, place.y(tick), place.right - place.left, 0);
    const text = tick.toLocaleString("en", { notation: tick < 1e5 ? "standard" : "compact" });
    write(context, text, place.left - 6, place.y(tick) + 4, "right", ink.reference);
  }
  for (const tick of ticks.x) write(context, String(tick), place.x(tick), place.bottom + 15, "center", ink.reference);
  write(context, labels.x, (place.left + place.right) / 2, place.bottom + 30, "center", ink.reference);
  write(context, labels.y, 0, 10, "left", ink.reference);
}

function drawCurve(context, place, curve, colour, tone) {
  context.strokeStyle = colour;
  context.lineWidth = tone === "muted" || tone === "reference" ? 1.25 : 2;
  context.setLineDash(tone === "reference" ? [5, 4] : []);
  context.beginPath();
  curve.values.forEach((value, percent) => value !== null && context.lineTo(place.x(percent), place.y(value)));
  context.stroke();
  context.setLineDash([]);
}

function drawDot(context, x, y, radius, fill, border) {
  Object.assign(context, { fillStyle: fill, strokeStyle: border, lineWidth: 1.5 });
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fill();
  context.stroke();
}

/** Where the name of a curve stands beside the point at which the curve enters the picture. */
function nameAtStart(curve, place, high) {
  if (curve.tone === "reference") return { x: place.right, y: place.y(curve.values[0]) - 5, align: "right" };
  const start = curve.values.findIndex((value) => value !== null && value <= high);
  const y = place.y(curve.values[start]);
  const flat = place.y(curve.values[start + 20] ?? curve.values[start]) - y < 20;
  return { x: place.x(start) + (flat ? 4 : 10), y: y + (!flat ? 3 : start ? -5 : 16), align: "left" };
}

/** The names of all curves in the right margin, top to bottom, none over another and none below the picture. */
function namesAtEnd(curves, place) {
  const names = curves.map((curve) => {
    const last = curve.values.findLastIndex((value) => value !== null);
    const end = { x: place.x(last), y: place.y(curve.values[last]) };
    return { curve, end, x: place.right + 18, y: end.y + 4, align: "left" };
  });
  names.sort((one, other) => one.y - other.y);
  names.forEach((name, i) => i && (name.y = Math.max(name.y, names[i - 1].y + 14)));
  let floor = place.bottom + 4;
  for (const name of names.reverse()) floor = (name.y = Math.min(name.y, floor)) - 14;
  return names;
}

const namesAtStart = (curves, place, high) => curves.map((curve) => ({ curve, ...nameAtStart(curve, place, high) }));
const NAMES = { start: namesAtStart, end: namesAtEnd };

function drawName(context, { curve, end, x, y, align }, ink, tone) {
  Object.assign(context, { strokeStyle: ink.muted, lineWidth: 1 });
  context.beginPath();
  if (end) context.moveTo(end.x + 6, end.y);
  if (end) context.lineTo(x - 3, y - 4);
  context.stroke();
  Object.assign(context, { textAlign: align, strokeStyle: ink.paper, lineWidth: 4 });
  context.strokeText(curve.label, x, y);
  write(context, curve.label, x, y, align, tone === "muted" ? ink.quiet : ink.reference);
}

function drawLines(paper, panel, state, ink) {
  const { context } = paper;
  const { series, ticks, low, high } = variant(panel, state.choice);
  const place = area(paper, [0, 100], [low, high], panel.labels === "end" ? 130 : 14);
  const toneOf = (curve) => at(curve.tone, state.sparsity);
  drawAxes(context, place, { x: "sparsity / %", y: panel.y }, { x: [0, 20, 40, 60, 80, 100], y: ticks }, ink);
  clip(context, place, 6);
  context.fillStyle = ink.reference;
  context.fillRect(place.x(state.sparsity) - 0.5, place.top, 1, place.bottom - place.top);
  for (const curve of series) drawCurve(context, place, curve, ink[toneOf(curve)], toneOf(curve));
  context.restore();
  for (const name of NAMES[panel.labels]?.(series, place, high) ?? []) drawName(context, name, ink, toneOf(name.curve));
  clip(context, place, 6);
  for (const curve of series) drawDots(context, place, curve, state.sparsity, toneOf(curve), ink);
  context.restore();
}

/** Draw only inside the plotting area and `border` pixels around it, until the context is restored. */
function clip(context, place, border, left = place.left, right = place.right) {
  context.save();
  context.beginPath();
  context.rect(left - border, place.top - border, right - left + 2 * border, place.bottom - place.top + 2 * border);
  context.clip();
}

function drawDots(context, place, curve, sparsity, tone, ink) {
  const colour = ink[tone];
  for (const [x, y] of curve.points) drawDot(context, place.x(x), place.y(y), 2, colour, colour);
  for (const [x, y] of curve.marks) drawDot(context, place.x(x), place.y(y), 4, ink.paper, ink.reference);
  const now = curve.values[sparsity];
  if (now !== null && tone !== "reference") drawDot(context, place.x(sparsity), place.y(now), 5, colour, ink.paper);
}

function drawHistogram(paper, panel, state, ink) {
  const { context } = paper;
  const { counts, span, thresholds, ticks, xTicks, high } = variant(panel, state.choice);
  const place = area(paper, [-span, span], [0, high], 14);
  const cut = thresholds[state.sparsity];
  drawAxes(context, place, { x: "weight", y: "count" }, { x: xTicks, y: ticks }, ink);
  drawBars(context, place, counts, ink.kept, -span, span);
  drawBars(context, place, counts, ink.pruned, Math.max(-cut, -span), Math.min(cut, span));
  context.fillStyle = ink.reference;
  for (const edge of [-cut, cut]) {
    if (Math.abs(edge) <= span) context.fillRect(place.x(edge) - 0.5, place.top, 1, place.bottom - place.top);
  }
}

/** The bars of the whole histogram, clipped to the weights from `from` to `to`. */
function drawBars(context, place, counts, colour, from, to) {
  const width = (place.right - place.left) / counts.length;
  const bar = (count, i) => [place.left + i * width, place.y(count), width + 0.3, place.bottom - place.y(count)];
  clip(context, place, 0, place.x(from), place.x(to));
  context.fillStyle = colour;
  counts.forEach((count, i) => context.fillRect(...bar(count, i)));
  context.restore();
}

// Panels --------------------------------------------------------------------------------------------------------------

const PAINTERS = { mask: drawMask, lines: drawLines, histogram: drawHistogram };

function addCanvas(figure, panel, data) {
  const canvas = make("canvas", figure, { role: "img" });
  if (panel.type === "mask") {
    const aspect = Math.min(4, Math.max(1, panel.width / panel.height));
    Object.assign(canvas.style, { aspectRatio: aspect, maxWidth: `${aspect * panel.size}px` });
  }
  if (panel.note) make("p", figure, { class: "prunelab-note" }, panel.note);
  return (state, ink) => {
    canvas.setAttribute("aria-label", `${panel.title}. ${data.summaries[state.choice][state.sparsity]}`);
    if (canvas.clientWidth) PAINTERS[panel.type](sheet(canvas), panel, state, ink); // a hidden one has no width
  };
}

function addTable(figure, panel) {
  const table = make("table", figure, { "aria-label": panel.title });
  const head = panel.head.length && make("tr", make("thead", table));
  panel.head.forEach((text) => make("th", head, { scope: "col" }, text));
  const body = make("tbody", table);
  return ({ choice, sparsity }, ink) => {
    const rows = variant(panel, choice).rows.slice();
    rows.sort((one, other) => at(one.key, sparsity) - at(other.key, sparsity));
    body.replaceChildren();
    for (const row of rows) addRow(body, row, sparsity, ink);
  };
}

function addRow(body, row, sparsity, ink) {
  const line = make("tr", body);
  row.cells.forEach((cell) => make("td", line, {}, at(cell, sparsity)));
  if (row.tone) line.firstChild.style.borderLeftColor = ink[at(row.tone, sparsity)];
}

function addPanel(parent, panel, data) {
  const figure = make("figure", parent, { class: panel.wide ? "prunelab-wide" : "" });
  make("figcaption", figure, {}, panel.title);
  return panel.type === "table" ? addTable(figure, panel) : addCanvas(figure, panel, data);
}

function render({ model, el }) {
  const data = model.get("data");
  const bytes = model.get("levels");
  const levels = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const state = { choice: 0, sparsity: data.start };
  const root = make("section", el, { class: "prunelab-explorer", "aria-label": data.name });
  let frame = 0;
  const changed = () => (frame ||= requestAnimationFrame(draw));
  addControls(root, data, state, changed);
  const grid = make("div", root, { class: "prunelab-panels" });
  const painters = data.panels.map((panel) => addPanel(grid, { ...panel, levels }, data));
  function draw() {
    frame = 0;
    const ink = inks(root, data.colours);
    for (const paint of painters) paint(state, ink);
  }
  return follow(root, changed);
}

/** Draw again when the explorer changes its size or JupyterLab its theme; returns the function that ends it. */
function follow(root, changed) {
  const [size, theme] = [new ResizeObserver(changed), new MutationObserver(changed)];
  size.observe(root);
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name", "data-jp-theme-light"] });
  return () => [size, theme].forEach((observer) => observer.disconnect());
}

export default { render };
