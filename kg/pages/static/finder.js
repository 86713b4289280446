// Finds things by name without a server: the index lies in files, each with the names that have a word with one beginning.
// `find(place, text, most)` answers {label, href, types} for each; on the search page of a static site this also fills the list of results.
const kept = new Map();

async function json(url) {
  if (!kept.has(url)) kept.set(url, fetch(url).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(url)))));
  try { return await kept.get(url); } catch (error) { kept.delete(url); throw error; }
}

// As the index has them: without case, and without marks over letters.
function words(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}_]+/gu) || [];
}

// The files that hold all names with a word that begins so: one whose own beginning is shorter, or all whose is longer.
function shards(index, word) {
  const letters = [...word];
  for (let length = letters.length; length > 0; length--) {
    const key = letters.slice(0, length).join("");
    if (Object.hasOwn(index.shards, key)) return [key];
  }
  return Object.keys(index.shards).filter((key) => key.startsWith(word)).sort();
}

export async function find(place, text, most) {
  const asked = words(text);
  if (!asked.length) return { found: [], more: false };
  const index = await json(`${place}index.json`);
  const weight = (keys) => keys.reduce((sum, key) => sum + index.shards[key][1], 0);
  const least = asked.map((word) => shards(index, word)).reduce((one, other) => (weight(other) < weight(one) ? other : one));
  let more = false;
  const best = new Map();
  for (const key of least) {
    const [file, , cut] = index.shards[key];
    more ||= Boolean(cut);
    for (const [label, href, type] of await json(`${place}${file}.json`)) {
      const has = words(label);
      if (!asked.every((word) => has.some((each) => each.startsWith(word)))) continue;
      const share = asked.join("").length / Math.max(1, has.join("").length);
      const score = share + (has.join(" ").startsWith(asked.join(" ")) ? 1 : 0) + (asked.every((word) => has.includes(word)) ? 1 : 0);
      const known = best.get(href);
      if (!known || known.score < score) best.set(href, { label, href: index.root + href, types: type < 0 ? [] : [index.types[type]], score });
    }
    if (best.size > 20 * most) break;
  }
  const ranked = [...best.values()].sort((a, b) => b.score - a.score || (a.label < b.label ? -1 : a.label > b.label ? 1 : a.href < b.href ? -1 : 1));
  return { found: ranked.slice(0, most), more: more || ranked.length > most, count: ranked.length };
}

const list = document.getElementById("hits");
const text = new URLSearchParams(location.search).get("q");
if (list && text) {
  const field = document.getElementById("again");
  const told = document.getElementById("found");
  field.value = text;
  told.hidden = false;
  try {
    const { found, more, count = 0 } = await find(field.dataset.index, text, 100);
    const quoted = document.createElement("q");
    quoted.textContent = text;
    told.append(found.length ? `${count.toLocaleString("en")}${more ? " or more" : ""} ${count === 1 ? "thing" : "things"} called like ` : "Nothing is called like ", quoted);
    list.hidden = !found.length;
    list.replaceChildren(...found.map((each) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const name = document.createElement("bdi");
      link.href = each.href;
      name.textContent = each.label;
      link.append(name);
      const type = document.createElement("span");
      type.className = "types";
      type.textContent = each.types.join(" · ");
      item.append(link, " ", type);
      return item;
    }));
  } catch {
    told.textContent = "The index could not be read. All names are listed below.";
  }
}
