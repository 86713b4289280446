// Pages work without this. It adds: copying an IRI, choosing a theme, suggestions while typing, opening what an address points into, and
// what of a broad picture or of filters a narrow screen shows first.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 1500);
  });
}

const themes = ["auto", "light", "dark"];
const toggle = document.querySelector("[data-theme-toggle]");
function useTheme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  if (toggle) toggle.querySelector("[data-theme-name]").textContent = name;
}
let theme = "auto";
try { theme = themes.find((name) => name === localStorage.getItem("theme")) || "auto"; } catch { /* no storage: the system's theme */ }
useTheme(theme);
if (toggle) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    useTheme(theme);
    try { localStorage.setItem("theme", theme); } catch { /* for this page only */ }
  });
}

// A combobox (ARIA 1.2): the field keeps the focus, the arrows choose, Escape closes.
function suggesting(field, number) {
  const box = document.createElement("div");
  box.className = "suggestions";
  box.id = `suggestions-${number}`;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "Suggestions");
  box.hidden = true;
  field.parentElement.append(box);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": box.id })) field.setAttribute(name, value);
  let chosen = -1;
  let waiting = 0;
  let asked = 0;
  const options = () => [...box.querySelectorAll("[role=option]")];
  const close = () => { box.hidden = true; chosen = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };
  const choose = (next) => {
    const all = options();
    if (!all.length) return;
    chosen = (next + all.length) % all.length;
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const show = (found) => {
    box.replaceChildren(...found.map((each, place) => {
      const option = document.createElement("a");
      option.id = `${box.id}-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.tabIndex = -1;
      option.href = each.href;
      const name = document.createElement("bdi");
      name.textContent = each.label;
      const type = document.createElement("small");
      type.textContent = each.types.join(" · ");
      option.append(name, type);
      return option;
    }));
    chosen = -1;
    box.hidden = !found.length;
    field.setAttribute("aria-expanded", String(found.length > 0));
  };
  const ask = async () => {
    const turn = ++asked;
    const text = field.value.trim();
    if (text.length < 2) { close(); return; }
    try {
      if (field.dataset.finder) {
        const { find } = await import(field.dataset.finder);
        const { found } = await find(field.dataset.index, text, 8);
        if (turn === asked && document.activeElement === field) show(found);
        return;
      }
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(text)}`, { headers: { accept: "application/json" } });
      if (answer.ok && turn === asked && document.activeElement === field) show(await answer.json());
    } catch { close(); }
  };
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !box.hidden) { choose(chosen + 1); event.preventDefault(); }
    else if (event.key === "ArrowUp" && !box.hidden) { choose(chosen - 1); event.preventDefault(); }
    else if (event.key === "Escape" && !box.hidden) { close(); event.preventDefault(); }
    else if (event.key === "Enter" && chosen >= 0) { options()[chosen].click(); event.preventDefault(); }
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
}
document.querySelectorAll("[data-suggest], [data-finder]").forEach(suggesting);

// An address may point into something folded, which is then opened.
function unfold() {
  let place = null;
  try { place = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return; }
  for (let fold = place; fold; fold = fold.parentElement) if (fold.tagName === "DETAILS") fold.open = true;
}
addEventListener("hashchange", unfold);
unfold();

// A picture that is broader than its frame is first seen where its subject is.
for (const frame of document.querySelectorAll(".picture-frame")) {
  const subject = frame.querySelector("a .mark, a circle");
  if (!subject) continue;
  const [place, box] = [subject.getBoundingClientRect(), frame.getBoundingClientRect()];
  frame.scrollLeft += (place.left + place.right - box.left - box.right) / 2;
}

// On a narrow screen the filters wait folded above the things that they choose from.
if (matchMedia("(max-width: 46rem)").matches) for (const fold of document.querySelectorAll(".facet-list")) fold.open = false;
