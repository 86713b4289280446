// The query page works as a form without this. It adds: results in place as table, chart, graph and files, terms of the graph, links that
// share a query, and a better editor where one was built.

import { canChart, chart } from "./editor-chart.js";
import { canGraph, graph } from "./editor-graph.js";
import { element, Fault, Names, results } from "./editor-results.js";
import { table } from "./editor-table.js";

const form = document.getElementById("ask");
const area = document.getElementById("query");
const section = document.getElementById("results");
const status = document.getElementById("status");
const notice = document.getElementById("notice");
const output = document.getElementById("output");
const share = document.getElementById("share");
const runButton = form.querySelector("[name=run]");
const names = new Names(form.dataset);
const FILES = {
  rows: [["csv", "CSV"], ["tsv", "TSV"], ["json", "JSON"], ["xml", "XML"]],
  triples: [["ttl", "Turtle"], ["nt", "N-Triples"], ["jsonld", "JSON-LD"], ["rdf", "RDF/XML"]],
  truth: [["json", "JSON"], ["xml", "XML"]],
};
const RAW = 200_000;
const LONGEST_LINK = 7000;
const SHOWN_TERMS = 40;
let running = null;
let view = location.hash.slice(1);
let last = area.value;

// The form's own field, with what the page asks of any editor.
let editor = {
  get: () => area.value,
  set: (text) => { area.value = text; },
  insert: (text) => { area.setRangeText(text, area.selectionStart, area.selectionEnd, "end"); area.focus(); },
  mark: (line) => {
    if (!line) return;
    const before = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.setSelectionRange(before, before + (area.value.split("\n")[line - 1] || "").length);
    area.scrollTop = Math.max(0, line - 4) * parseFloat(getComputedStyle(area).lineHeight);
  },
};

const terms = fetch(form.dataset.terms, { headers: { accept: "application/json" } })
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error())))
  .catch(() => ({ prefixes: {}, classes: [], properties: [] }));

// Running

async function run({ push = true } = {}) {
  if (running) running.abort();
  const mine = running = new AbortController();
  const query = editor.get();
  if (!query.trim()) { running = null; return; }
  editor.mark(0);
  section.hidden = false;
  section.setAttribute("aria-busy", "true");
  status.textContent = "Running…";
  notice.hidden = true;
  runButton.textContent = "Stop";
  if (push) remember(query);
  try {
    const found = await results(form.dataset.sparql, query, mine.signal);
    names.learn((await terms).prefixes);
    if (running === mine) show(found, query);
  } catch (error) {
    if (running !== mine) return;
    if (error.name === "AbortError") { status.textContent = "Stopped."; output.replaceChildren(); } else if (error instanceof Fault) showFault(error, query);
    else showFault(new Fault(`The answer cannot be read: ${error.message}`), query);
  } finally {
    if (running === mine) {
      running = null;
      section.removeAttribute("aria-busy");
      runButton.textContent = "Run";
    }
  }
}

function remember(query) {
  if (query === last) return;
  last = query;
  const address = linkOf(query);
  if (address.length <= LONGEST_LINK) history.pushState(null, "", address);
}

function linkOf(query) {
  return `${form.getAttribute("action")}?query=${encodeURIComponent(query)}${view ? `#${view}` : ""}`;
}

// Showing

function show(found, query) {
  const time = `${found.seconds < 10 ? found.seconds.toFixed(2) : Math.round(found.seconds)} s`;
  const noun = found.kind === "triples" ? "triple" : "row";
  status.textContent = found.kind === "truth" ? `Answered in ${time}` : `${found.rows.length.toLocaleString()} ${noun}${found.rows.length === 1 ? "" : "s"} in ${time}`;
  notice.hidden = !found.truncated;
  if (found.truncated) {
    notice.replaceChildren(element("strong", {}, "Truncated."), ` There is more: the server ${found.truncated === "time" ? "stopped, as time was up" : `gives no more ${noun}s than these`}. Ask for less, or page with LIMIT and OFFSET.`);
  }
  const views = [];
  if (found.kind === "truth") views.push(["answer", "Answer", () => element("p", { class: "truth" }, element("strong", {}, found.holds ? "Yes" : "No"))]);
  else views.push(["table", "Table", () => (found.rows.length ? table(found, names) : element("p", {}, found.kind === "rows" ? "No row: nothing in the graph fits the query." : "No triple: nothing in the graph fits the query."))]);
  if (canChart(found)) views.push(["chart", "Chart", () => chart(found, names)]);
  if (canGraph(found)) views.push(["graph", "Graph", () => graph(found, names)]);
  views.push(["raw", "Raw", () => raw(found)], ["files", "Files", () => files(found, query)]);
  output.replaceChildren(tabs(views));
}

function raw(found) {
  let text = found.text;
  if (text.length <= RAW && found.kind !== "triples") text = JSON.stringify(JSON.parse(text), null, 2);
  return element("div", {},
    text.length > RAW ? element("p", { class: "quiet" }, `The first ${RAW.toLocaleString()} of ${text.length.toLocaleString()} characters; a file holds all.`) : null,
    element("pre", { tabindex: "0", "aria-label": "The answer as it came" }, text.slice(0, RAW)));
}

function files(found, query) {
  const address = (format) => `${form.dataset.sparql}?query=${encodeURIComponent(query)}&format=${format}`;
  const shell = `curl -G ${new URL(form.dataset.sparql, location.href).href} -H 'Accept: ${found.kind === "triples" ? "text/turtle" : "text/csv"}' --data-urlencode query='${query.replaceAll("'", "'\\''")}'`;
  return element("div", {},
    element("ul", { class: "files" }, ...FILES[found.kind].map(([format, label]) => element("li", {}, element("a", { class: "button", href: address(format), download: `results.${format}` }, label)))),
    element("p", { class: "quiet" }, "Or from a shell:"),
    element("pre", { tabindex: "0", "aria-label": "A command that asks this query" }, shell));
}

function showFault(fault, query) {
  status.textContent = "";
  const lines = query.split("\n");
  const box = element("div", { class: "fault", role: "alert" }, element("p", {}, element("strong", {}, "The query was not answered."), ` ${fault.message}`));
  if (fault.line >= 1 && fault.line <= lines.length) {
    const first = Math.max(fault.line - 3, 1);
    const shown = lines.slice(first - 1, fault.line + 2).map((text, place) => {
      const number = first + place;
      if (number !== fault.line) return element("span", { class: "line" }, element("span", { class: "number" }, String(number)), `${text}\n`);
      const letters = [...text];
      const before = letters.slice(0, fault.column - 1).join("");
      return element("span", { class: "line here" }, element("span", { class: "number" }, String(number), element("span", { class: "hidden" }, " (here)")), before, element("mark", {}, letters.slice(fault.column - 1).join("") || " "), "\n");
    });
    box.append(element("pre", { tabindex: "0", "aria-label": "The place in the query" }, ...shown));
  }
  output.replaceChildren(box);
  editor.mark(fault.line, fault.column, fault.message);
}

// Tabs of ARIA: the arrow keys go from one to the next.
function tabs(views) {
  let chosen = Math.max(views.findIndex(([name]) => name === view), 0);
  const panel = element("div", { role: "tabpanel", id: "panel", tabindex: "-1" });
  const buttons = views.map(([name, label], place) => element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel", onclick: () => choose(place, true) }, label));
  function choose(place, told) {
    chosen = place;
    buttons.forEach((button, number) => { button.setAttribute("aria-selected", String(number === place)); button.tabIndex = number === place ? 0 : -1; });
    panel.setAttribute("aria-labelledby", buttons[place].id);
    panel.replaceChildren(views[place][2]());
    if (told) {
      view = views[place][0];
      history.replaceState(null, "", `${location.pathname}${location.search}#${view}`);
    }
  }
  const list = element("div", { role: "tablist", "aria-label": "Ways to see the results", onkeydown: (event) => {
    const to = { ArrowRight: chosen + 1, ArrowLeft: chosen - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose((to + buttons.length) % buttons.length, true);
    buttons[chosen].focus();
  } }, ...buttons);
  choose(chosen, false);
  return element("div", { class: "views" }, list, panel);
}

// The terms of the graph, to be looked up and put into the query

async function vocabulary() {
  const box = document.getElementById("vocabulary");
  const found = await terms;
  const all = [...found.classes.map((term) => ({ ...term, kind: "class" })), ...found.properties.map((term) => ({ ...term, kind: "property" }))];
  if (!all.length) return;
  const field = document.getElementById("term");
  const list = document.getElementById("term-list");
  const count = document.getElementById("term-count");
  const texts = new Map(all.map((term) => [term, `${term.name} ${term.label || ""} ${term.about || ""}`.toLocaleLowerCase()]));
  const named = (term, words) => words.some((word) => `${term.name} ${term.label || ""}`.toLocaleLowerCase().includes(word));
  const fill = () => {
    const words = field.value.trim().toLocaleLowerCase().split(/\s+/);
    const fits = all.filter((term) => words.every((word) => texts.get(term).includes(word)))
      .sort((one, other) => named(other, words) - named(one, words) || other.count - one.count);
    count.textContent = fits.length > SHOWN_TERMS ? `The ${SHOWN_TERMS} most used of ${fits.length}` : `${fits.length} found`;
    list.replaceChildren(...fits.slice(0, SHOWN_TERMS).map((term) => element("li", {},
      element("button", { type: "button", onclick: () => put(term, found.prefixes) }, element("code", {}, term.name)),
      element("span", { class: "quiet" }, ` ${term.kind} · ${term.count.toLocaleString()}`),
      term.about || term.label ? element("p", { class: "about-it" }, term.about || term.label) : null)));
  };
  field.addEventListener("input", fill);
  fill();
  box.hidden = false;
}

// Puts a term where the cursor is, and its prefix before all else.
function put(term, prefixes) {
  editor.insert(term.name);
  const prefix = term.name.startsWith("<") ? null : term.name.split(":")[0];
  const text = editor.get();
  if (prefix && prefixes[prefix] && !new RegExp(`prefix\\s+${prefix}:`, "i").test(text)) editor.set(`PREFIX ${prefix}: <${prefixes[prefix]}>\n${text}`);
}

// Beginning

form.addEventListener("submit", (event) => {
  area.value = editor.get();
  if (event.submitter && event.submitter !== runButton) return;
  event.preventDefault();
  if (running) { running.abort(); return; }
  run();
});
area.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
});
addEventListener("popstate", () => {
  const query = new URLSearchParams(location.search).get("query");
  view = location.hash.slice(1);
  if (query === null || query === last) return;
  editor.set(last = query);
  run({ push: false });
});
if (navigator.clipboard) {
  share.hidden = false;
  share.addEventListener("click", async () => {
    const address = new URL(linkOf(editor.get()), location.href).href;
    const short = address.length <= LONGEST_LINK;
    if (short) await navigator.clipboard.writeText(address);
    share.textContent = short ? "Copied" : "Too long for a link";
    setTimeout(() => { share.textContent = "Copy link"; }, 1800);
  });
}

async function begin() {
  const keys = document.getElementById("keys");
  keys.textContent = `${/Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl"}+Enter runs the query.`;
  keys.hidden = false;
  vocabulary();
  if (form.dataset.code) {
    try {
      const { open } = await import(form.dataset.code);
      editor = open(area, { terms, run });
      keys.textContent += " Ctrl+Space completes.";
    } catch (error) {
      console.warn("The plain editor is used:", error.message);
    }
  }
  if ("given" in form.dataset) run({ push: false });
}
begin();
