// Asks the endpoint, reads what it gives, and writes terms as people read them.

const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9";
const XSD = "http://www.w3.org/2001/XMLSchema#";
const LONGEST_ADDRESS = 6000;

// Why there are no results; line and column count from 1, and are 0 where no place is known.
export class Fault extends Error {
  constructor(message) {
    super(message);
    const place = /\bline (\d+), column (\d+)/.exec(message);
    this.line = place ? Number(place[1]) : 0;
    this.column = place ? Number(place[2]) : 0;
  }
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function drawn(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// A long answer tells only in a trailer, which a browser does not show, that rows were left out; but it has as many as are allowed then.
function reached(answer, found) {
  const limit = Number(answer.headers.get("kg-row-limit"));
  return limit > 0 && (found.rows ?? []).length >= limit;
}

// Gives {kind: "rows", variables, rows} | {kind: "triples", variables, rows} | {kind: "truth", holds}, with text, truncated and seconds.
export async function results(endpoint, query, signal) {
  const address = `${endpoint}?query=${encodeURIComponent(query)}`;
  const short = address.length < LONGEST_ADDRESS;
  const begin = performance.now();
  let answer;
  try {
    answer = short
      ? await fetch(address, { headers: { accept: ACCEPT }, signal })
      : await fetch(endpoint, { method: "POST", headers: { accept: ACCEPT }, body: new URLSearchParams({ query }), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Fault("The endpoint cannot be reached.");
  }
  const text = await answer.text();
  if (!answer.ok) throw new Fault(problem(text, answer.status));
  const found = (answer.headers.get("content-type") || "").includes("json") ? fromJson(text) : fromTriples(text);
  return {
    ...found,
    text,
    truncated: answer.headers.get("kg-truncated") || (reached(answer, found) ? "rows" : ""),
    seconds: (performance.now() - begin) / 1000,
  };
}

function problem(text, status) {
  try {
    const { detail, title, code } = JSON.parse(text);
    return `${detail || title || `The endpoint answered ${status}.`}${code ? ` [${code}]` : ""}`;
  } catch {
    return text.trim().slice(0, 2000) || `The endpoint answered ${status}.`;
  }
}

function fromJson(text) {
  const found = JSON.parse(text);
  if (typeof found.boolean === "boolean") return { kind: "truth", holds: found.boolean };
  const variables = found.head.vars;
  const rows = found.results.bindings.map((row) => variables.map((name) => row[name] || null));
  return { kind: "rows", variables, rows };
}

// N-Triples 1.1, with quoted and annotated triples left out: one statement a line.
const TERM = String.raw`<([^>]*)>|(_:[^\s]+?)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?`;
const LINE = new RegExp(String.raw`^\s*(?:${TERM})\s+<([^>]*)>\s+(?:${TERM})\s*\.\s*$`);

function fromTriples(text) {
  const rows = [];
  for (const line of text.split("\n")) {
    const found = LINE.exec(line);
    if (found) rows.push([term(found.slice(1, 6)), term([found[6]]), term(found.slice(7, 12))]);
  }
  return { kind: "triples", variables: ["subject", "predicate", "object"], rows };
}

function term([iri, blank, literal, language, datatype]) {
  if (iri !== undefined) return { type: "uri", value: unescaped(iri) };
  if (blank !== undefined) return { type: "bnode", value: blank.slice(2) };
  return { type: "literal", value: unescaped(literal), "xml:lang": language, datatype: datatype && unescaped(datatype) };
}

const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };
function unescaped(text) {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, four, eight, one) =>
    one === undefined ? String.fromCodePoint(parseInt(four || eight, 16)) : ESCAPES[one] || one);
}

export function isNumber(term) {
  return Boolean(term && term.type === "literal" && term.datatype && term.datatype.startsWith(XSD)
    && !/string$|boolean$|date|time|duration|year|month|day/i.test(term.datatype) && term.value.trim() !== "" && Number.isFinite(Number(term.value)));
}

// Numbers of very many digits are written as powers of ten; all others as they are.
export function figure(lexical) {
  const value = Number(lexical);
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e15 || size < 1e-4)) return power(value, 5);
  return lexical.length <= 15 && !/e/i.test(lexical) ? lexical : String(Number(value.toPrecision(10)));
}

export function power(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const raised = String(Number(exponent)).replace(/[-0-9]/g, (digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]);
  return `${mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa} × 10${raised}`;
}

// How terms are written: under the prefixes of the graph, with links to their pages here, or to where they are if that is safe.
export class Names {
  constructor({ base, resource }) {
    this.base = base;
    this.resource = resource;
    this.prefixes = [];
  }

  learn(prefixes) {
    this.prefixes = Object.entries(prefixes).sort((one, other) => other[1].length - one[1].length);
  }

  short(iri) {
    for (const [prefix, namespace] of this.prefixes) {
      if (iri.startsWith(namespace) && /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u.test(iri.slice(namespace.length))) return `${prefix}:${iri.slice(namespace.length)}`;
    }
    return iri;
  }

  text(term) {
    if (!term) return "";
    if (term.type === "uri") return this.short(term.value);
    if (term.type === "bnode") return `_:${term.value}`;
    if (term.type === "triple") return `⟪ ${this.text(term.value.subject)} ${this.text(term.value.predicate)} ${this.text(term.value.object)} ⟫`;
    return term.value;
  }

  href(term) {
    if (!term || term.type !== "uri") return null;
    if (term.value.startsWith(this.base)) return `${this.resource}?iri=${encodeURIComponent(term.value)}`;
    return /^(https?:\/\/|mailto:)[^\s<>"{}|\\^`]+$/i.test(term.value) ? term.value : null;
  }

  node(term) {
    if (!term) return "";
    if (isNumber(term)) return element("data", { value: term.value, title: figure(term.value) === term.value ? null : term.value }, figure(term.value));
    const text = element("bdi", {}, this.text(term));
    const href = this.href(term);
    if (href) return element("a", { href, title: term.value, rel: term.value.startsWith(this.base) ? null : "external noreferrer" }, text);
    const note = term.type === "literal" && (term["xml:lang"] || (term.datatype && term.datatype !== `${XSD}string` && this.short(term.datatype)));
    if (!note) return text;
    const both = document.createDocumentFragment();
    both.append(text, " ", element("span", { class: "tag" }, note));
    return both;
  }
}
