// Results as a graph of nodes and links: of triples, of ?s ?p ?o, or of the columns of a row that hold things, from left to right.

import { drawn, element } from "./editor-results.js";

const MOST = 100;
const ROUNDS = 300;
const WISH = 64; // units between things that are linked
const BROAD = 1.6; // how much more room is wanted sideways, where labels are
const LETTERS = 24; // of a label
const LABELS = ["http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#prefLabel", "https://schema.org/name"];
const TRIPLES = [["s", "p", "o"], ["subject", "predicate", "object"], ["subject", "property", "object"], ["subject", "property", "value"]];
const isThing = (term) => Boolean(term) && (term.type === "uri" || term.type === "bnode");
const key = (term) => `${term.type} ${term.value}`;

export function canGraph(found) {
  return found.kind !== "truth" && links(found).length > 0;
}

// Gives [source, label, target] for each link; the labels of triples are terms, those of columns the names of variables.
function links(found) {
  const asTriples = found.kind === "triples" ? [0, 1, 2] : TRIPLES.map((names) => names.map((name) => found.variables.indexOf(name))).find((columns) => !columns.includes(-1));
  if (asTriples) {
    const [s, p, o] = asTriples;
    return found.rows.filter((row) => isThing(row[s]) && isThing(row[o]) && row[p]).map((row) => [row[s], row[p], row[o]]);
  }
  const columns = found.variables.map((_, column) => column).filter((column) => found.rows.some((row) => isThing(row[column])));
  return found.rows.flatMap((row) => {
    const things = columns.filter((column) => isThing(row[column]));
    return things.slice(1).map((column, place) => [row[things[place]], found.variables[column], row[column]]);
  });
}

export function graph(found, names) {
  const nodes = new Map();
  const drawnLinks = new Map();
  let left = 0;
  const all = links(found);
  const total = new Set(all.flatMap(([source, , target]) => [key(source), key(target)])).size;
  for (const [source, label, target] of all) {
    const fresh = [source, target].filter((term) => !nodes.has(key(term)));
    if (nodes.size + new Set(fresh.map(key)).size > MOST) { left += 1; continue; }
    for (const term of fresh) if (!nodes.has(key(term))) nodes.set(key(term), { term, label: names.text(term), degree: 0 });
    const [from, to, said] = [nodes.get(key(source)), nodes.get(key(target)), typeof label === "string" ? label : names.text(label)];
    from.degree += 1;
    to.degree += 1;
    const id = `${key(source)} ${key(target)}`;
    if (from !== to && drawnLinks.has(id)) drawnLinks.get(id).said.add(said);
    else if (from !== to) drawnLinks.set(id, { from, to, said: new Set([said]) });
  }
  // Where the triples hold labels, things are called by them.
  if (found.kind === "triples") for (const [s, p, o] of found.rows) if (LABELS.includes(p.value) && o.type === "literal" && nodes.has(key(s))) nodes.get(key(s)).label = o.value;
  const placed = [...nodes.values()];
  const lines = [...drawnLinks.values()];
  arrange(placed, lines);
  return frame(placed, lines, names, left ? `The first ${placed.length} of ${total} things are drawn.` : "");
}

// What hangs together is arranged by itself, and then set in rows, great parts first.
function arrange(nodes, lines) {
  const parts = pieces(nodes, lines).map((members) => {
    settle(members, lines.filter(({ from }) => members.includes(from)));
    const [xs, ys] = [members.map((node) => node.x), members.map((node) => node.y)];
    const [x, y] = [Math.min(...xs) - 85, Math.min(...ys) - 16];
    return { members, x, y, width: Math.max(...xs) + 85 - x, height: Math.max(...ys) + 34 - y };
  });
  const room = Math.max(1040, Math.sqrt(parts.reduce((sum, part) => sum + part.width * part.height, 0) * 1.9));
  let [left, top, tall] = [0, 0, 0];
  for (const part of parts) {
    if (left && left + part.width > room) [left, top, tall] = [0, top + tall, 0];
    for (const node of part.members) Object.assign(node, { x: node.x - part.x + left, y: node.y - part.y + top });
    left += part.width;
    tall = Math.max(tall, part.height);
  }
}

function pieces(nodes, lines) {
  const beside = new Map(nodes.map((node) => [node, []]));
  for (const { from, to } of lines) { beside.get(from).push(to); beside.get(to).push(from); }
  const seen = new Set();
  const found = [];
  for (const node of nodes) {
    if (seen.has(node)) continue;
    const members = [node];
    seen.add(node);
    for (const member of members) for (const other of beside.get(member)) if (!seen.has(other)) { seen.add(other); members.push(other); }
    found.push(members);
  }
  return found.sort((one, other) => other.length - one.length);
}

// Fruchterman and Reingold's layout from a spiral, so that the same results give the same picture.
function settle(nodes, lines) {
  nodes.forEach((node, place) => {
    const [turn, away] = [place * 2.399963, 30 * Math.sqrt(place)];
    Object.assign(node, { x: Math.cos(turn) * away, y: Math.sin(turn) * away });
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    const heat = 30 * (1 - round / ROUNDS) + 0.2;
    for (const node of nodes) [node.dx, node.dy] = [-node.x * 0.04, -node.y * 0.04];
    for (let one = 0; one < nodes.length; one += 1) {
      for (let other = one + 1; other < nodes.length; other += 1) {
        const [a, b] = [nodes[one], nodes[other]];
        const [x, y] = [a.x - b.x, a.y - b.y];
        const force = (WISH * WISH) / Math.max(x * x + y * y, 1);
        a.dx += x * force; a.dy += y * force;
        b.dx -= x * force; b.dy -= y * force;
      }
    }
    for (const { from, to } of lines) {
      const [x, y] = [from.x - to.x, from.y - to.y];
      const force = Math.hypot(x, y) / WISH;
      from.dx -= x * force; from.dy -= y * force;
      to.dx += x * force; to.dy += y * force;
    }
    for (const node of nodes) {
      const length = Math.hypot(node.dx, node.dy) || 1;
      node.x += (node.dx / length) * Math.min(length, heat);
      node.y += (node.dy / length) * Math.min(length, heat);
    }
  }
  for (const node of nodes) node.x *= BROAD;
  part(nodes);
}

// Moves things up or down until no label lies on another thing or its label.
function part(nodes) {
  for (let round = 0; round < 60; round += 1) {
    let moved = false;
    for (let one = 0; one < nodes.length; one += 1) {
      for (let other = one + 1; other < nodes.length; other += 1) {
        const [a, b] = [nodes[one], nodes[other]];
        const over = 40 - Math.abs(a.y - b.y);
        if (over <= 0 || Math.abs(a.x - b.x) > (breadth(a) + breadth(b)) / 2) continue;
        const sign = a.y < b.y ? -1 : 1;
        a.y += (sign * over) / 2;
        b.y -= (sign * over) / 2;
        moved = true;
      }
    }
    if (!moved) return;
  }
}

function breadth(node) {
  return Math.min(node.label.length, LETTERS) * 6.6 + 12;
}

function frame(nodes, lines, names, note) {
  const width = Math.max(...nodes.map((node) => node.x)) + 85;
  const height = Math.max(...nodes.map((node) => node.y)) + 34;
  const few = lines.length <= 40;
  const round = (value) => Math.round(value * 10) / 10;
  const edges = lines.map(({ from, to, said }) => {
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
    const [ex, ey] = [to.x - ux * 9, to.y - uy * 9];
    const words = [...said].sort().join(", ");
    const parts = [
      drawn("title", {}, words),
      drawn("path", { d: `M${round(from.x)} ${round(from.y)}L${round(ex)} ${round(ey)}` }),
      drawn("path", { class: "head", d: `M${round(ex)} ${round(ey)}L${round(ex - ux * 8 - uy * 4)} ${round(ey - uy * 8 + ux * 4)}L${round(ex - ux * 8 + uy * 4)} ${round(ey - uy * 8 - ux * 4)}z` }),
    ];
    if (few) parts.push(drawn("text", { class: "said", x: round((from.x + to.x) / 2), y: round((from.y + to.y) / 2) - 3 }, shorter(words, 28)));
    return drawn("g", { class: "edge" }, ...parts);
  });
  const marks = nodes.map((node) => {
    const parts = [
      drawn("title", {}, node.term.type === "uri" ? node.term.value : node.label),
      drawn("circle", { cx: round(node.x), cy: round(node.y), r: round(5 + Math.min(Math.sqrt(node.degree), 6)) }),
      drawn("text", { x: round(node.x), y: round(node.y) + 21 }, shorter(node.label, LETTERS)),
    ];
    const href = names.href(node.term);
    return href ? drawn("a", { class: "thing", href, "aria-label": node.label }, ...parts) : drawn("g", { class: "thing" }, ...parts);
  });
  const svg = drawn("svg", { class: "net", viewBox: `0 0 ${round(width)} ${round(height)}`, role: "group", "aria-label": `Graph of ${nodes.length} things and ${lines.length} links` }, ...edges, ...marks);
  const view = element("div", { class: "net-frame", role: "region", "aria-label": "Results as a graph", tabindex: "0" }, svg);
  let zoom = 1;
  const set = (next) => {
    const middle = [(view.scrollLeft + view.clientWidth / 2) / zoom, (view.scrollTop + view.clientHeight / 2) / zoom];
    zoom = next;
    svg.setAttribute("width", round(width * zoom));
    svg.setAttribute("height", round(height * zoom));
    view.scrollTo(middle[0] * zoom - view.clientWidth / 2, middle[1] * zoom - view.clientHeight / 2);
  };
  const button = (label, next) => element("button", { type: "button", onclick: () => set(Math.min(Math.max(next(), 0.1), 4)) }, label);
  const more = button("Zoom in", () => zoom * 1.4);
  const less = button("Zoom out", () => zoom / 1.4);
  const all = () => Math.min((view.clientWidth - 2) / width, (innerHeight * 0.75) / height, 1);
  const whole = button("See all", all);
  set(1);
  // At first as much is seen as leaves the labels readable; the frame is scrolled for the rest.
  requestAnimationFrame(() => set(Math.max(all(), 0.65)));
  return element("div", {}, element("div", { class: "tools" }, more, less, whole), note ? element("p", { class: "quiet" }, note) : null, view);
}

function shorter(text, letters) {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}
