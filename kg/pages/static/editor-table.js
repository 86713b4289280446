// Results as a table that is sorted, searched and paged in place.

import { element, isNumber } from "./editor-results.js";

const PAGE = 50;
const collator = new Intl.Collator(undefined, { numeric: true });

export function table(found, names) {
  const state = { page: 0, column: -1, down: false, words: "" };
  const texts = found.rows.map((row) => row.map((term) => names.text(term)));
  const numeric = found.variables.map((_, column) => found.rows.some((row) => isNumber(row[column])));
  const body = element("tbody");
  const place = element("p", { class: "status", role: "status" });
  const heads = found.variables.map((name, column) =>
    element("th", { scope: "col", class: numeric[column] ? "figure" : null },
      element("button", { type: "button", class: "sort", onclick: () => sort(column) }, name, element("span", { class: "arrow", "aria-hidden": "true" }))));
  const first = element("button", { type: "button", onclick: () => turn(-1) }, "Previous");
  const next = element("button", { type: "button", onclick: () => turn(1) }, "Next");
  const search = element("input", { type: "search", id: "row-search", autocomplete: "off", oninput: () => { state.words = search.value.trim().toLocaleLowerCase(); state.page = 0; show(); } });
  const pager = element("div", { class: "tools pages" }, first, next);

  function ordered() {
    const words = state.words;
    const order = found.rows.map((_, row) => row).filter((row) => !words || texts[row].some((text) => text.toLocaleLowerCase().includes(words)));
    const { column } = state;
    if (column < 0) return order;
    const sign = state.down ? -1 : 1;
    return order.sort((one, other) => {
      const [a, b] = [found.rows[one][column], found.rows[other][column]];
      // What is not bound comes last in both directions.
      if (!a || !b) return a === b ? one - other : a ? -1 : 1;
      const [m, n] = [isNumber(a), isNumber(b)];
      const difference = m && n ? Number(a.value) - Number(b.value) : m !== n ? (m ? -1 : 1) : collator.compare(texts[one][column], texts[other][column]);
      return sign * difference || one - other;
    });
  }

  function sort(column) {
    if (state.column !== column) Object.assign(state, { column, down: false });
    else if (!state.down) state.down = true;
    else Object.assign(state, { column: -1, down: false });
    state.page = 0;
    show();
  }

  function turn(by) {
    state.page += by;
    show();
  }

  function show() {
    const order = ordered();
    const start = state.page * PAGE;
    const shown = order.slice(start, start + PAGE);
    body.replaceChildren(...shown.map((row) => element("tr", {}, ...found.rows[row].map((term, column) =>
      element("td", { "data-label": found.variables[column], class: isNumber(term) ? "figure" : null }, names.node(term))))));
    heads.forEach((head, column) => {
      const direction = state.column !== column ? null : state.down ? "descending" : "ascending";
      if (direction) head.setAttribute("aria-sort", direction);
      else head.removeAttribute("aria-sort");
      head.querySelector(".arrow").textContent = { ascending: "▲", descending: "▼" }[direction] || "";
    });
    pager.hidden = order.length <= PAGE;
    first.disabled = state.page === 0;
    next.disabled = start + PAGE >= order.length;
    const count = order.length.toLocaleString();
    place.textContent = !order.length ? "No row." : order.length <= PAGE && !state.words ? "" : `Rows ${(start + 1).toLocaleString()} to ${(start + shown.length).toLocaleString()} of ${count}`;
    place.hidden = !place.textContent;
  }

  show();
  return element("div", {},
    found.rows.length <= 10 ? null : element("div", { class: "tools find-rows" }, element("label", { for: "row-search" }, "Find in rows"), search),
    place,
    element("div", { class: "scroll", role: "region", "aria-label": "Results as a table", tabindex: "0" },
      element("table", { class: "rows" }, element("thead", {}, element("tr", {}, ...heads)), body)),
    pager);
}
