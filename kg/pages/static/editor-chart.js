// Results as a chart: bars, a line or points of one column of numbers against another column.

import { drawn, element, isNumber, power } from "./editor-results.js";

const MOST = { bars: 60, line: 2000, points: 2000 };
const ROW = 24;
const TIMES = /(?:#gYear|#date|#dateTime|#gYearMonth)$/;

export function canChart(found) {
  return found.kind === "rows" && found.rows.length > 0 && numbers(found).length > 0;
}

function numbers(found) {
  return found.variables.map((_, column) => column).filter((column) => {
    const bound = found.rows.map((row) => row[column]).filter(Boolean);
    return bound.length > 0 && bound.filter(isNumber).length >= bound.length / 2;
  });
}

// Where a term stands on a scale: a number as it is, a time in years; else null.
function position(term) {
  if (isNumber(term)) return Number(term.value);
  if (!term || !TIMES.test(term.datatype || "")) return null;
  const time = Date.parse(term.value);
  return Number.isNaN(time) ? null : 1970 + time / 31556952000;
}

export function chart(found, names) {
  const scales = numbers(found);
  const along = found.variables.map((_, column) => column).filter((column) => found.rows.some((row) => position(row[column]) !== null));
  const words = found.variables.map((_, column) => column).filter((column) => !along.includes(column));
  // The last column of numbers is most often what was counted; what it is counted by stands before it.
  const y = scales.find((column) => words.length || column !== along[0]) ?? scales[0];
  const x = words.length ? words[0] : along.find((column) => column !== y) ?? -1;
  const state = { kind: words.length || x < 0 ? "bars" : years(found, x) && distinct(found, x) ? "line" : "points", x, y, log: wide(found, y) };

  const host = element("div", { class: "chart" });
  const note = element("p", { class: "quiet", role: "status" });
  const log = element("input", { type: "checkbox", id: "chart-log", onchange: () => { state.log = log.checked; show(); } });
  const options = (columns, chosen) => columns.map((column) => element("option", { value: column, selected: column === chosen }, column < 0 ? "row number" : found.variables[column]));
  const select = (id, label, key, made) => {
    const field = element("select", { id, onchange: () => { state[key] = key === "kind" ? field.value : Number(field.value); if (key === "y") state.log = log.checked = wide(found, state.y); show(); } }, ...made);
    return element("span", { class: "choice" }, element("label", { for: id }, label), field);
  };
  const kinds = ["bars", "line", "points"].map((kind) => element("option", { value: kind, selected: kind === state.kind }, kind));
  const tools = element("div", { class: "tools" },
    select("chart-kind", "Chart", "kind", kinds),
    select("chart-y", "of", "y", options(scales, y)),
    select("chart-x", "by", "x", options([-1, ...found.variables.keys()], x)),
    element("span", { class: "choice" }, log, element("label", { for: "chart-log" }, "logarithmic scale")));

  function show() {
    log.checked = state.log;
    const { kind } = state;
    const given = found.rows.map((row, index) => ({
      label: state.x < 0 ? String(index + 1) : names.text(row[state.x]),
      href: state.x < 0 ? null : names.href(row[state.x]),
      x: state.x < 0 ? index + 1 : position(row[state.x]),
      y: isNumber(row[state.y]) ? Number(row[state.y].value) : null,
      said: row.map((term, column) => (term ? `${found.variables[column]}: ${names.text(term)}` : null)).filter(Boolean).join("\n"),
    }));
    const usable = given.filter((each) => each.y !== null && (!state.log || each.y > 0) && (kind === "bars" || each.x !== null));
    const points = usable.slice(0, MOST[kind]);
    const lost = given.length - usable.length;
    const reasons = [];
    if (usable.length > points.length) reasons.push(`The first ${points.length.toLocaleString()} of ${usable.length.toLocaleString()} are drawn.`);
    if (lost) reasons.push(`${lost.toLocaleString()} ${lost === 1 ? "row has" : "rows have"} no value that can be drawn${state.log ? " on this scale" : ""}.`);
    note.textContent = reasons.join(" ");
    note.hidden = !reasons.length;
    if (!points.length) { host.replaceChildren(element("p", {}, "Nothing of this can be drawn; choose other columns.")); return; }
    const room = Math.max(host.clientWidth || 800, 300);
    const title = `${found.variables[state.y]} by ${state.x < 0 ? "row" : found.variables[state.x]}`;
    host.replaceChildren(kind === "bars" ? bars(points, title, room, state.log) : plane(points, title, room, state, found));
  }

  // What is not on the page yet has no width.
  new ResizeObserver(show).observe(host);
  return element("div", {}, tools, note, host);
}

function years(found, column) {
  return found.rows.every((row) => { const at = position(row[column]); return at === null || (at > 1900 && at < 2200); });
}

function distinct(found, column) {
  return new Set(found.rows.map((row) => row[column]?.value)).size === found.rows.length;
}

function wide(found, column) {
  const sizes = found.rows.map((row) => row[column]).filter(isNumber).map((term) => Number(term.value));
  return sizes.length > 1 && sizes.every((size) => size > 0) && Math.max(...sizes) / Math.min(...sizes) >= 1000;
}

// A scale from values to pixels, with the values of its ticks.
function scale(low, high, from, to, log) {
  if (log) {
    const [first, last] = [Math.floor(Math.log10(low)), Math.max(Math.ceil(Math.log10(high)), Math.floor(Math.log10(low)) + 1)];
    const step = Math.ceil((last - first) / Math.max(2, Math.abs(to - from) / 70));
    const ticks = [];
    for (let power = first; power <= last; power += step) ticks.push(10 ** power);
    return { at: (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from), ticks, start: 10 ** first };
  }
  const span = high - low || Math.abs(high) || 1;
  const raw = span / Math.max(2, Math.abs(to - from) / 90);
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * ([1, 2, 5, 10].find((each) => each * unit >= raw));
  const first = Math.floor(low / step + 1e-9) * step;
  const last = Math.max(Math.ceil(high / step - 1e-9) * step, first + step);
  const ticks = [];
  for (let count = 0; first + count * step <= last + step / 2; count += 1) ticks.push(first + count * step);
  return { at: (value) => from + ((value - first) / (last - first)) * (to - from), ticks, start: Math.min(Math.max(0, first), last) };
}

function written(value, plain = false) {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) return power(value, 2).replace(/^1 × /, "");
  return plain ? String(Number(value.toFixed(2))) : Number(value.toPrecision(6)).toLocaleString();
}

function picture(title, width, height, ...parts) {
  return drawn("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": `Chart of ${title}; the table has the same values` }, ...parts);
}

function cut(text, letters) {
  return text.length <= letters ? text : `${text.slice(0, Math.max(letters - 1, 1))}…`;
}

function bars(points, title, width, log) {
  const side = Math.min(width * 0.4, 7.4 * Math.max(...points.map((each) => Math.min(each.label.length, 34))) + 12);
  const values = points.map((each) => each.y);
  const { at, ticks, start } = scale(log ? Math.min(...values) : Math.min(0, ...values), log ? Math.max(...values) : Math.max(0, ...values), side, width - 78, log);
  const bottom = points.length * ROW + 4;
  const grid = ticks.map((tick) => drawn("path", { class: "grid", d: `M${at(tick)} 0V${bottom}` }));
  const names = ticks.map((tick) => text(written(tick), at(tick), bottom + 16, "tick middle"));
  const rows = points.map((each, row) => {
    const [left, right] = [at(start), at(each.y)].sort((one, other) => one - other);
    const label = text(cut(each.label, Math.floor(side / 7.4)), side - 8, row * ROW + 16, "label end");
    const parts = [
      drawn("title", {}, each.said),
      each.href ? drawn("a", { href: each.href }, label) : label,
      drawn("rect", { x: left, y: row * ROW + 4, width: Math.max(right - left, 1), height: ROW - 8, rx: 2 }),
      text(written(each.y), right + 5, row * ROW + 16, "value"),
    ];
    return drawn("g", { class: "bar" }, ...parts);
  });
  return picture(title, width, bottom + 26, ...grid, ...names, ...rows);
}

function plane(points, title, width, state, found) {
  const height = Math.max(300, Math.min(460, width * 0.5));
  const [left, top, right, bottom] = [72, 34, width - 16, height - 46];
  const [xs, ys] = [points.map((each) => each.x), points.map((each) => each.y)];
  const across = scale(Math.min(...xs), Math.max(...xs), left, right, state.x >= 0 && state.x !== state.y && wide(found, state.x));
  const up = scale(Math.min(...ys), Math.max(...ys), bottom, top, state.log);
  const asYears = state.x >= 0 && years(found, state.x);
  const ticks = asYears ? across.ticks.filter(Number.isInteger) : across.ticks;
  const grid = [
    ...up.ticks.map((tick) => drawn("path", { class: "grid", d: `M${left} ${up.at(tick)}H${right}` })),
    ...up.ticks.map((tick) => text(written(tick), left - 8, up.at(tick) + 4, "tick end")),
    ...ticks.map((tick) => drawn("path", { class: "grid", d: `M${across.at(tick)} ${top}V${bottom}` })),
    ...ticks.map((tick) => text(asYears ? String(tick) : written(tick, state.x < 0), across.at(tick), bottom + 18, "tick middle")),
    text(found.variables[state.y], 4, 16, "axis-name"),
    text(state.x < 0 ? "row" : found.variables[state.x], right, bottom + 38, "axis-name end"),
  ];
  const sorted = state.kind === "line" ? [...points].sort((one, other) => one.x - other.x) : points;
  const line = state.kind === "line" ? [drawn("path", { class: "series", d: `M${sorted.map((each) => `${across.at(each.x)} ${up.at(each.y)}`).join("L")}` })] : [];
  const dots = sorted.map((each) => drawn("circle", { class: "dot", cx: across.at(each.x), cy: up.at(each.y), r: sorted.length > 300 ? 2.5 : 4.5 }, drawn("title", {}, each.said)));
  return picture(title, width, height, ...grid, ...line, ...dots);
}

function text(content, x, y, class_) {
  return drawn("text", { x, y, class: class_ }, content);
}
