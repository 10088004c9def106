// Draws what Python computed (panels.py): each panel holds its values for every position of the slider, so a move only
// looks them up.

const at = (cell, position) => (Array.isArray(cell) ? cell[position] : cell);
const variant = (panel, choice) => panel.variants[Math.min(choice, panel.variants.length - 1)];

function make(tag, parent, attributes = {}, text = "") {
  const node = parent.appendChild(document.createElement(tag));
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}

const KEYS = { "data-lm-suppress-shortcuts": "true" }; // on the control itself, or JupyterLab takes its arrow keys

// Controls ------------------------------------------------------------------------------------------------------------

/** A menu beside the slider; calls `chosen` with the index of its choice. */
function addMenu(parent, { label, choices, start }, chosen) {
  const menu = make("select", make("label", parent, {}, label), { "aria-label": label, ...KEYS });
  choices.forEach((choice, index) => make("option", menu, { value: index }, choice));
  menu.value = start;
  menu.addEventListener("change", () => chosen(Number(menu.value)));
}

/** The menus; the choices of all of them together make one index, those of the first menu slowest. */
function addMenus(parent, menus, state, changed) {
  const chosen = menus.map((menu) => menu.start);
  const together = () => menus.reduce((index, menu, i) => index * menu.choices.length + chosen[i], 0);
  state.choice = together();
  menus.forEach((menu, i) =>
    addMenu(parent, menu, (index) => {
      chosen[i] = index;
      state.choice = together();
      changed();
    }),
  );
}

function addSlider(parent, { label, texts, spoken, start }, state, changed) {
  const place = make("label", parent, { class: "prunelab-slider" }, label);
  const range = { type: "range", min: 0, max: texts.length - 1, step: 1, "aria-label": label };
  const slider = make("input", place, { ...range, ...KEYS });
  const shown = make("output", place);
  const show = () => {
    state.position = Number(slider.value);
    slider.setAttribute("aria-valuetext", spoken[state.position]);
    shown.textContent = texts[state.position];
  };
  slider.value = start;
  slider.addEventListener("input", () => {
    show();
    changed();
  });
  show();
}

function addControls(root, data, state, changed) {
  make("strong", root, {}, data.name);
  const controls = make("div", root, { class: "prunelab-controls" });
  addMenus(controls, data.menus, state, changed);
  addSlider(controls, data.slider, state, changed);
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
  for (let i = 0; i < size; i++) pixels[i] = panel.levels[first + i] <= state.position ? pruned : kept[panel.levels[i]];
  panel.buffer ??= new OffscreenCanvas(panel.width, panel.height);
  panel.buffer.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = width * (window.devicePixelRatio || 1) < panel.width;
  context.drawImage(panel.buffer, 0, 0, width, height);
}

const NARROW = 340; // CSS pixels: a picture below has no room for names beside its curves

/** The plotting area: functions from data to CSS pixels, and the edges. */
function area({ width, height }, [left, right], [low, high], margin) {
  const edge = { left: 48, right: width - margin, top: 20, bottom: height - 34, narrow: width < NARROW };
  const x = (value) => edge.left + ((value - left) / (right - left)) * (edge.right - edge.left);
  const y = (value) => edge.bottom - ((value - low) / (high - low)) * (edge.bottom - edge.top);
  return { ...edge, x, y };
}

function write(context, text, x, y, align, colour) {
  context.fillStyle = colour;
  context.textAlign = align;
  context.fillText(text, x, y);
}

/** A position on the axis and its number; on an axis of powers the number is ten to the position. */
function tickOf(position, powers = false) {
  const value = powers ? 10 ** position : position;
  return [position, value.toLocaleString("en", { notation: value < 1e5 ? "standard" : "compact" })];
}

function drawAxes(context, place, labels, ticks, ink) {
  context.font = ink.font;
  context.lineWidth = 1;
  context.strokeStyle = ink.faint;
  for (const [y, text] of ticks.y) {
    context.strokeRect(place.left, place.y(y), place.right - place.left, 0);
    write(context, text, place.left - 6, place.y(y) + 4, "right", ink.reference);
  }
  for (const [x, text] of ticks.x) write(context, text, place.x(x), place.bottom + 15, "center", ink.reference);
  write(context, labels.x, (place.left + place.right) / 2, place.bottom + 30, "center", ink.reference);
  write(context, labels.y, 0, 10, "left", ink.reference);
}

function drawCurve(context, place, curve, colour, tone) {
  context.strokeStyle = colour;
  context.lineWidth = tone === "muted" || tone === "reference" ? 1.25 : 2;
  context.setLineDash(curve.dashed ? [5, 4] : []);
  context.beginPath();
  curve.values.forEach((value, position) => value !== null && context.lineTo(place.x(position), place.y(value)));
  context.stroke();
  context.setLineDash([]);
}

/** The interval around a curve: along its upper edge and back along the lower one. */
function drawBand(context, place, { values, spread }, colour) {
  const edge = (sign) => spread.map((half, i) => [place.x(i), place.y(values[i] + sign * half)]);
  context.fillStyle = colour;
  context.globalAlpha = 0.15;
  context.beginPath();
  for (const point of [...edge(1), ...edge(-1).reverse()]) context.lineTo(...point);
  context.fill();
  context.globalAlpha = 1;
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
  return { x: place.x(start) + (flat ? 4 : 10), y: y + (flat ? -5 : 3), align: "left" };
}

/** The names of all curves in the right margin, or over the ends of the curves where there is none: top to bottom, none
 * over another and none below the picture. */
function namesAtEnd(curves, place) {
  const names = curves.map((curve) => {
    const last = curve.values.findLastIndex((value) => value !== null);
    const end = { x: place.x(last), y: place.y(curve.values[last]) };
    if (place.narrow) return { curve, x: place.right, y: end.y - 5, align: "right" };
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
  const { texts, axis, ticks: along } = panel.slider;
  context.font = ink.font;
  const longest = Math.max(...series.map((curve) => context.measureText(curve.label).width));
  const margin = panel.labels === "end" && paper.width >= NARROW ? longest + 20 : 14;
  const place = area(paper, [0, texts.length - 1], [low, high], margin);
  const toneOf = (curve) => at(curve.tone, state.position);
  const numbers = ticks.map((tick) => tickOf(tick, panel.powers));
  drawAxes(context, place, { x: axis, y: panel.y }, { x: along, y: numbers }, ink);
  clip(context, place, 6);
  for (const curve of series) drawBand(context, place, curve, ink[toneOf(curve)]);
  context.fillStyle = ink.reference;
  context.fillRect(place.x(state.position) - 0.5, place.top, 1, place.bottom - place.top);
  for (const curve of series) drawCurve(context, place, curve, ink[toneOf(curve)], toneOf(curve));
  context.restore();
  for (const name of NAMES[panel.labels]?.(series, place, high) ?? []) drawName(context, name, ink, toneOf(name.curve));
  clip(context, place, 6);
  for (const curve of series) drawDots(context, place, curve, state.position, toneOf(curve), ink);
  context.restore();
}

/** Draw only inside the plotting area and `border` pixels around it, until the context is restored. */
function clip(context, place, border, left = place.left, right = place.right) {
  context.save();
  context.beginPath();
  context.rect(left - border, place.top - border, right - left + 2 * border, place.bottom - place.top + 2 * border);
  context.clip();
}

function drawDots(context, place, curve, position, tone, ink) {
  const colour = ink[tone];
  for (const [x, y] of curve.points) drawDot(context, place.x(x), place.y(y), 2, colour, colour);
  for (const [x, y] of curve.marks) drawDot(context, place.x(x), place.y(y), 4, ink.paper, ink.reference);
  const now = curve.values[position];
  if (now !== null && tone !== "reference") drawDot(context, place.x(position), place.y(now), 5, colour, ink.paper);
}

function drawBars(paper, panel, state, ink) {
  const { context } = paper;
  const { bars } = variant(panel, state.choice);
  const place = { ...area(paper, [0, panel.high], [0, 1], 56), left: NAMED };
  place.x = (value) => NAMED + (value / panel.high) * (place.right - NAMED);
  drawAxes(context, place, { x: panel.x, y: "" }, { x: panel.ticks.map((tick) => [tick, String(tick)]), y: [] }, ink);
  const step = (place.bottom - place.top) / bars.length;
  bars.forEach((bar, row) => {
    const [top, end] = [place.top + row * step, place.x(bar.values[state.position])];
    context.fillStyle = ink[at(bar.tone, state.position)];
    context.fillRect(NAMED, top + 0.15 * step, end - NAMED, 0.7 * step);
    write(context, bar.label, NAMED - 6, top + step / 2 + 4, "right", ink.reference);
    write(context, bar.texts[state.position], end + 5, top + step / 2 + 4, "left", ink.reference);
  });
}

const NAMED = 92; // pixels for the names of bars

function drawHistogram(paper, panel, state, ink) {
  const { context } = paper;
  const { counts, span, thresholds, ticks, xTicks, high } = variant(panel, state.choice);
  const place = area(paper, [-span, span], [0, high], 14);
  const cut = thresholds[state.position];
  const along = xTicks.map((tick) => [tick, String(tick)]);
  drawAxes(context, place, { x: "weight", y: "count" }, { x: along, y: ticks.map((tick) => tickOf(tick)) }, ink);
  drawBins(context, place, counts, ink.kept, -span, span);
  drawBins(context, place, counts, ink.pruned, Math.max(-cut, -span), Math.min(cut, span));
  context.fillStyle = ink.reference;
  for (const edge of [-cut, cut]) {
    if (Math.abs(edge) <= span) context.fillRect(place.x(edge) - 0.5, place.top, 1, place.bottom - place.top);
  }
}

/** The bins of the whole histogram, clipped to the weights from `from` to `to`. */
function drawBins(context, place, counts, colour, from, to) {
  const width = (place.right - place.left) / counts.length;
  const bin = (count, i) => [place.left + i * width, place.y(count), width + 0.3, place.bottom - place.y(count)];
  clip(context, place, 0, place.x(from), place.x(to));
  context.fillStyle = colour;
  counts.forEach((count, i) => context.fillRect(...bin(count, i)));
  context.restore();
}

// Panels --------------------------------------------------------------------------------------------------------------

const PAINTERS = { mask: drawMask, lines: drawLines, bars: drawBars, histogram: drawHistogram };

function addCanvas(figure, panel, data) {
  const canvas = make("canvas", figure, { role: "img" });
  if (panel.type === "mask") {
    const aspect = Math.min(4, Math.max(1, panel.width / panel.height));
    Object.assign(canvas.style, { aspectRatio: aspect, maxWidth: `${aspect * panel.size}px` });
  }
  if (panel.note) make("p", figure, { class: "prunelab-note" }, panel.note);
  return (state, ink) => {
    canvas.setAttribute("aria-label", `${panel.title}. ${data.summaries[state.choice][state.position]}`);
    if (canvas.clientWidth) PAINTERS[panel.type](sheet(canvas), panel, state, ink); // a hidden one has no width
  };
}

function addTable(figure, panel) {
  const table = make("table", figure, { "aria-label": panel.title });
  const head = panel.head.length && make("tr", make("thead", table));
  panel.head.forEach((text) => make("th", head, { scope: "col" }, text));
  const body = make("tbody", table);
  return ({ choice, position }, ink) => {
    const rows = variant(panel, choice).rows.slice();
    rows.sort((one, other) => at(one.key, position) - at(other.key, position));
    body.replaceChildren();
    for (const row of rows) addRow(body, row, position, ink);
    if (figure.scrollWidth > figure.clientWidth) figure.tabIndex = 0; // what scrolls can be reached by keyboard
    else figure.removeAttribute("tabindex");
  };
}

function addRow(body, row, position, ink) {
  const line = make("tr", body);
  row.cells.forEach((cell) => make("td", line, {}, at(cell, position)));
  if (row.tone) line.firstChild.style.borderLeftColor = ink[at(row.tone, position)];
}

function addPanel(parent, panel, data) {
  const figure = make("figure", parent, { class: panel.wide ? "prunelab-wide" : "", ...KEYS });
  make("figcaption", figure, {}, panel.title);
  return panel.type === "table" ? addTable(figure, panel) : addCanvas(figure, panel, data);
}

function render({ model, el }) {
  const data = model.get("data");
  const bytes = model.get("levels");
  const levels = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const state = {};
  const root = make("section", el, { class: "prunelab-explorer", "aria-label": data.name });
  let frame = 0;
  const changed = () => (frame ||= requestAnimationFrame(draw));
  addControls(root, data, state, changed);
  const grid = make("div", root, { class: "prunelab-panels" });
  const painters = data.panels.map((panel) => addPanel(grid, { ...panel, levels, slider: data.slider }, data));
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
