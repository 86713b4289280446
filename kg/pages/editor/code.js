// The better editor of the query page: CodeMirror with SPARQL, and the terms of this graph to complete. esbuild makes one file of it.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";

const KEYWORDS = (
  "SELECT CONSTRUCT ASK DESCRIBE DISTINCT REDUCED WHERE FROM NAMED OPTIONAL UNION MINUS GRAPH FILTER EXISTS NOT BIND AS VALUES PREFIX BASE "
  + "ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET IN UNDEF COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES DATATYPE "
  + "BOUND IRI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH "
  + "DAY HOURS MINUTES SECONDS NOW IF COALESCE STRLANG STRDT SAMETERM ISIRI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE"
).split(" ");
const SEEN_BEFORE = 4000;

// The colours are those of the page, which knows of light and dark; a shadow root takes them over.
const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "0.9375rem", border: "1px solid var(--edge)", borderRadius: "6px" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", maxHeight: "70vh" },
  ".cm-content, .cm-gutter": { minHeight: "14rem" },
  ".cm-content": { padding: "0.6rem 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--faint)", border: "none", borderRadius: "6px 0 0 6px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in srgb, var(--accent) 28%, transparent)" },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": { backgroundColor: "var(--mark)", outline: "1px solid var(--edge)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: "6px", boxShadow: "0 6px 20px rgb(0 0 0 / 0.18)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "17rem", fontSize: "0.875rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.2rem 0.6rem", lineHeight: "1.4" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--surface)" },
  ".cm-completionDetail": { fontStyle: "normal", fontFamily: "var(--sans)", opacity: "1", color: "var(--faint)", marginInlineStart: "0.8rem" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo": { fontFamily: "var(--sans)", fontSize: "0.875rem", padding: "0.5rem 0.75rem", maxWidth: "20rem" },
  ".cm-wrong-line, .cm-activeLine.cm-wrong-line": { backgroundColor: "color-mix(in srgb, var(--odd) 14%, transparent)", boxShadow: "inset 3px 0 var(--odd)" },
  ".cm-wrong": { textDecoration: "underline wavy var(--odd)", textUnderlineOffset: "0.2em" },
});
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.definitionKeyword], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--estimated)" },
  { tag: [tags.string, tags.number, tags.bool, tags.literal], color: "var(--derived)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--faint)", fontStyle: "italic" },
  { tag: [tags.url, tags.link], color: "var(--derived)", textDecoration: "none" },
  { tag: [tags.namespace, tags.typeName, tags.propertyName, tags.className], color: "var(--ink)" },
]);

// The line and the rest of it at which the endpoint could not go on, until something is typed there.
const setFault = StateEffect.define();
const faults = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) if (effect.is(setFault)) return effect.value;
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// Says what may stand at the end of a text: a class after `a`, a property where a statement has its second part, else anything.
function expected(before) {
  const bare = before.replace(/#[^\n<>]*$/gm, "").replace(/"(?:[^"\\\n]|\\.)*"/g, '""').replace(/<[^<>\s]*>/g, "<>");
  const since = bare.slice(Math.max(...[".", "{", "}", ";"].map((end) => bare.search(new RegExp(`\\${end}(?![^\\s])[^${end}]*$`)))) + 1);
  const ending = bare.slice(0, bare.length - since.length).trimEnd().slice(-1);
  const words = since.trim().split(/\s+/).filter(Boolean);
  if (/^(?:a|rdf:type)$/.test(words.at(-1) || "")) return "class";
  return words.length === (ending === ";" ? 0 : 1) && !/^(?:filter|bind|optional|select|prefix|graph|values|order|group)/i.test(words[0] || "") ? "property" : "any";
}

function declared(text, prefix) {
  return new RegExp(`\\bprefix\\s+${prefix}:`, "i").test(text);
}

// Puts a name in, and its prefix before all else where it is not there.
function applied(name, prefixes) {
  return (view, _completion, from, to) => {
    const prefix = /^([^<:]*):/.exec(name)?.[1];
    const changes = [{ from, to, insert: name }];
    const head = prefix !== undefined && prefixes[prefix] && !declared(view.state.doc.toString(), prefix) ? `PREFIX ${prefix}: <${prefixes[prefix]}>\n` : "";
    if (head) changes.unshift({ from: 0, insert: head });
    view.dispatch({ changes, selection: { anchor: from + head.length + name.length }, userEvent: "input.complete" });
  };
}

const MOST = 80;

// How well a name fits what was typed, 0 best; -1 where it does not. The part after the prefix counts, and the words of the label.
function fit(typed, name, label) {
  const [wanted, whole] = [typed.toLowerCase(), name.toLowerCase()];
  if (whole.startsWith(wanted)) return 0;
  const local = whole.slice(whole.indexOf(":") + 1);
  if (wanted.includes(":")) {
    const [prefix, rest] = [wanted.slice(0, wanted.indexOf(":") + 1), wanted.slice(wanted.indexOf(":") + 1)];
    return whole.startsWith(prefix) && local.includes(rest) ? 2 : -1;
  }
  if (local.startsWith(wanted)) return 1;
  if ((label || "").toLowerCase().split(/\s+/).some((word) => word.startsWith(wanted))) return 2;
  return local.includes(wanted) ? 3 : -1;
}

function completing(given) {
  const read = given.then(({ prefixes, classes, properties }) => {
    const option = (kind) => (term) => ({
      kind,
      said: term.label,
      option: {
        label: term.name,
        detail: `${term.label && term.label !== term.name ? `${term.label} · ` : ""}${term.count.toLocaleString()}`,
        info: term.about || undefined,
        apply: applied(term.name, prefixes),
      },
    });
    const name = (apply) => ([prefix, namespace]) => ({ kind: "prefix", option: { label: `${prefix}:`, detail: namespace, apply: apply(prefix, namespace) } });
    return {
      all: [
        ...classes.map(option("class")),
        ...properties.map(option("property")),
        ...KEYWORDS.map((label) => ({ kind: "keyword", option: { label } })),
        ...Object.entries(prefixes).map(name((prefix) => applied(`${prefix}:`, prefixes))),
      ],
      declarations: Object.entries(prefixes).map(name((prefix, namespace) => `${prefix}: <${namespace}>\n`)),
    };
  });
  return async (context) => {
    const word = context.matchBefore(/[?$]\w*|[\p{L}\p{N}_.-]*:?[\p{L}\p{N}_.-]*/u);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const before = context.state.sliceDoc(Math.max(0, word.from - SEEN_BEFORE), word.from);
    // Nothing is completed within a comment, a string of one line, or an IRI.
    const line = before.slice(before.lastIndexOf("\n") + 1).replace(/<[^<>\s]*>/g, "");
    if (/[#<]\S*$/.test(line) || /(?:^|\s)#/.test(line) || (line.match(/"/g) || []).length % 2) return null;
    if (/^[?$]/.test(word.text)) {
      const all = new Set(context.state.doc.toString().match(/[?$]\w+/g) || []);
      all.delete(word.text);
      return { from: word.from, options: [...all].sort().map((label) => ({ label })), validFor: /^[?$]\w*$/ };
    }
    const known = await read;
    const place = expected(before);
    const order = { class: ["class", "prefix", "property", "keyword"], property: ["property", "prefix", "keyword", "class"], any: ["keyword", "class", "property", "prefix"] }[place];
    const fits = (/\bprefix\s+$/i.test(before) ? known.declarations : known.all)
      .map((each) => ({ ...each, fit: fit(word.text, each.option.label, each.said) }))
      .filter((each) => each.fit >= 0)
      // What belongs here, then what fits best; the terms come with the most used first, and sorting keeps that.
      .sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind) || one.fit - other.fit);
    return fits.length ? { from: word.from, options: fits.slice(0, MOST).map((each) => each.option), filter: false } : null;
  };
}

// Takes the place of a text area; returns what the page asks of any editor.
export function open(area, { terms, run }) {
  const host = document.createElement("div");
  host.className = "code";
  // Within a shadow root the styles of CodeMirror are adopted ones, which a strict policy of content lets be.
  const root = host.attachShadow({ mode: "open" });
  area.after(host);
  area.hidden = true;
  // A field that cannot be seen must not stop the form either.
  area.required = false;
  const label = document.querySelector(`label[for="${area.id}"]`);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), faults,
        SparqlLanguage,
        syntaxHighlighting(colours),
        autocompletion({ override: [completing(terms)], icons: false }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label ? label.textContent : "Query", spellcheck: "false", autocapitalize: "off" }),
        keymap.of([{ key: "Mod-Enter", run: () => { run(); return true; } }, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        theme,
      ],
    }),
  });
  if (label) label.addEventListener("click", () => view.focus());
  const set = (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  return {
    get: () => view.state.doc.toString(),
    set,
    insert: (text) => { view.dispatch(view.state.replaceSelection(text)); view.focus(); },
    mark: (line, column) => {
      if (!line || line > view.state.doc.lines) { view.dispatch({ effects: setFault.of(Decoration.none) }); return; }
      const { from, to } = view.state.doc.line(line);
      const marks = [Decoration.line({ class: "cm-wrong-line" }).range(from)];
      const start = Math.min(from + Math.max(column - 1, 0), to);
      if (start < to) marks.push(Decoration.mark({ class: "cm-wrong" }).range(start, to));
      view.dispatch({ effects: [setFault.of(Decoration.set(marks)), EditorView.scrollIntoView(from, { y: "center" })] });
    },
  };
}
