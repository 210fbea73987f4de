// The answer to a query on the page that asks it. Without this, the form asks by itself.

const form = document.getElementById("ask");
const query = document.getElementById("query");
const format = document.getElementById("format");
const answer = document.getElementById("answer");
const told = document.getElementById("told");
const shown = document.getElementById("shown");
const downloads = document.getElementById("downloads");

const MOST_ROWS = 1000;
const MOST_CHARACTERS = 200000;
const SOLUTIONS = "application/sparql-results+json";
const ACCEPT = `${SOLUTIONS}, text/turtle;q=0.9`;

const prefixes = new Map(
  [...document.getElementById("prefixes").textContent.matchAll(/^PREFIX +(\S+) +<(.+)>$/gm)]
    .map(([, name, iri]) => [name, iri]),
);

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function short(iri) {
  for (const [name, start] of prefixes) {
    const local = iri.slice(start.length);
    if (iri.startsWith(start) && /^[\w-]+$/.test(local)) return name + local;
  }
  return iri;
}

function cell(term) {
  if (!term) return element("td");
  if (term.type === "triple") {
    const parts = ["subject", "predicate", "object"].map((part) => cell(term.value[part]).textContent);
    return element("td", `<<( ${parts.join(" ")} )>>`);
  }
  const datatype = term.datatype ? short(term.datatype) : "";
  const isNumber = /^xsd:(integer|decimal|double|float)$|XMLSchema#(integer|decimal|double|float)$/.test(datatype);
  const made = element("td", undefined, isNumber ? { class: "number" } : {});
  if (term.type === "uri" && /^https?:/.test(term.value)) {
    made.append(element("a", short(term.value), { href: term.value, title: term.value, rel: "noreferrer" }));
  } else {
    made.append(term.type === "bnode" ? `_:${term.value}` : term.value);
  }
  if (term["xml:lang"] && term["xml:lang"] !== "en") made.append(" ", element("span", term["xml:lang"], { class: "kind" }));
  return made;
}

function table(names, rows) {
  const head = element("thead");
  const body = element("tbody");
  const titles = element("tr");
  titles.append(...names.map((name) => element("th", name, { scope: "col" })));
  head.append(titles);
  for (const row of rows) {
    const line = element("tr");
    line.append(...names.map((name) => cell(row[name])));
    body.append(line);
  }
  const whole = element("table");
  whole.append(head, body);
  const frame = element("div", undefined, { class: "table", tabindex: "0" });
  frame.append(whole);
  return frame;
}

function counted(number, what) {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

function showSolutions(result) {
  if ("boolean" in result) return [result.boolean ? "Yes." : "No.", ""];
  const { vars: names = [] } = result.head;
  const rows = result.results.bindings;
  const words = counted(rows.length, "row");
  if (rows.length === 0) return [words, ""];
  const cut = rows.length > MOST_ROWS ? `, the first ${MOST_ROWS.toLocaleString("en")} of them here` : "";
  return [words + cut, table(names, rows.slice(0, MOST_ROWS))];
}

function showGraph(text) {
  const cut = text.length > MOST_CHARACTERS;
  return [cut ? "A graph; this is its beginning" : "A graph", element("pre", text.slice(0, MOST_CHARACTERS))];
}

function address(name) {
  const url = new URL(form.action);
  url.search = new URLSearchParams({ query: query.value, format: name });
  return url;
}

function offer(group) {
  downloads.replaceChildren("The same as ");
  [...group.querySelectorAll("option")].forEach((option, place) => {
    if (place) downloads.append(", ");
    downloads.append(element("a", option.value, { href: address(option.value), title: option.textContent }));
  });
}

function fail(problem) {
  told.textContent = problem.detail || problem.title || "No answer.";
  told.className = "wrong";
  if (!problem.line) return;
  const before = query.value.split("\n").slice(0, problem.line - 1).join("\n").length;
  const place = before + (problem.line > 1 ? 1 : 0) + (problem.column || 1) - 1;
  query.focus();
  query.setSelectionRange(place, place + 1);
}

async function show(response, since) {
  const type = response.headers.get("Content-Type") || "";
  if (!response.ok) {
    fail(type.includes("json") ? await response.json() : { detail: `${response.status} ${response.statusText}` });
    return;
  }
  const isTable = type.startsWith(SOLUTIONS);
  const [words, made] = isTable ? showSolutions(await response.json()) : showGraph(await response.text());
  told.textContent = `${words}, in ${((performance.now() - since) / 1000).toFixed(2)} s`.replace("., in", " – in");
  shown.replaceChildren(made);
  offer(format.querySelectorAll("optgroup")[isTable ? 0 : 1]);
}

let asked = null;

async function ask() {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  const since = performance.now();
  // An address that can be passed on: it brings the query with it, and asks.
  history.replaceState(null, "", `#${new URLSearchParams({ query: query.value })}`);
  answer.hidden = false;
  told.className = "";
  told.textContent = "Asking …";
  shown.replaceChildren();
  downloads.replaceChildren();
  try {
    const body = new URLSearchParams({ query: query.value });
    const headers = { Accept: ACCEPT };
    await show(await fetch(form.action, { method: "POST", body, headers, signal: mine.signal }), since);
  } catch (error) {
    if (error.name !== "AbortError") fail({ detail: `No answer: ${error.message}` });
  }
}

function complete() {
  const bare = query.value.replace(/<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*/g, " ");
  const declared = new Set([...query.value.matchAll(/PREFIX\s+(\S*:)/gi)].map(([, name]) => name));
  const used = new Set([...bare.matchAll(/(?<![\w?$:-])([A-Za-z][\w-]*:)/g)].map(([, name]) => name));
  const missing = [...used].filter((name) => prefixes.has(name) && !declared.has(name));
  if (missing.length === 0) return;
  query.value = missing.map((name) => `PREFIX ${name} <${prefixes.get(name)}>\n`).join("") + query.value;
}

format.prepend(new Option("a table on this page", "", true, true));
document.getElementById("complete").hidden = false;
document.getElementById("hint").hidden = false;
document.getElementById("complete").addEventListener("click", complete);
form.addEventListener("submit", (event) => {
  if (format.value !== "") return;
  event.preventDefault();
  ask();
});
const handed = new URLSearchParams(location.hash.slice(1)).get("query");
if (handed) {
  query.value = handed;
  ask();
}
query.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});
