// What is looked at: one state, which every component shows and any may change.
function makeFilter(run) {
  const state = { text: "", cell: null, port: null, troubled: false, pair: null };
  const listeners = [];
  const filter = { state, listen: (listener) => listeners.push(listener), chosen: new Uint32Array(0) };
  filter.set = (changes) => {
    Object.assign(state, changes);
    filter.chosen = matching(run, state);
    remember(state);
    listeners.forEach((listener) => listener());
  };
  return filter;
}

// The checks that the state lets through: those that went wrong first, where there are more than anybody reads through.
function matching(run, state) {
  const passes = passesOf(run, state);
  const [wrong, calm] = [new Uint32Array(run.size), new Uint32Array(run.size)];
  let [wrongs, calms] = [0, 0];
  const sorted = run.size > PAGE;
  for (let check = 0; check < run.size; check += 1) {
    if (passes && !passes(check)) continue;
    if (sorted && run.mark[check] !== "k") wrong[wrongs++] = check;
    else calm[calms++] = check;
  }
  const chosen = new Uint32Array(wrongs + calms);
  chosen.set(wrong.subarray(0, wrongs));
  chosen.set(calm.subarray(0, calms), wrongs);
  return chosen;
}

// Whether a check is let through; null where everything is.
function passesOf(run, state) {
  const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length && !state.pair && !state.troubled && state.cell === null && state.port === null) return null;
  const texts = run.ends.map((end) => `${end.kind} ${endText(end)} ${end.workload} ${end.node}`.toLowerCase());
  const hits = words.map((word) => texts.map((text) => text.includes(word)));
  const portHits = words.map((word) => run.ports.map((port) => port.toLowerCase().includes(word)));
  return (check) => {
    const [from, to, port] = [run.from[check], run.to[check], run.port[check]];
    return (state.cell === null || run.cell[check] === state.cell) && (state.port === null || port === state.port)
      && !(state.troubled && run.mark[check] === "k")
      && hits.every((hit, word) => hit[from] || hit[to] || portHits[word][port])
      && (!state.pair || state.pair.has(from, to));
  };
}

// The address keeps the filter, so that a page that reloads itself, and a link, show the same.
function remember(state) {
  const said = new URLSearchParams();
  if (state.text) said.set("q", state.text);
  if (state.cell !== null) said.set("cell", state.cell);
  if (state.port !== null) said.set("port", state.port);
  if (state.troubled) said.set("troubled", "1");
  history.replaceState(null, "", `${location.pathname}${location.search}${String(said) && `#${said}`}`);
}

function remembered(run) {
  const said = new URLSearchParams(location.hash.slice(1));
  const within = (name, most) => {
    const value = said.get(name);
    return value !== null && /^\d{1,6}$/.test(value) && Number(value) < most ? Number(value) : null;
  };
  return { text: (said.get("q") || "").slice(0, 200), cell: within("cell", run.cells.length),
    port: within("port", run.ports.length), troubled: said.has("troubled") };
}

function filterBar(run, filter) {
  const search = make("input", { type: "search", value: filter.state.text, placeholder: "a namespace, workload, node or port",
    oninput: () => filter.set({ text: search.value }) });
  const troubled = make("input", { type: "checkbox", onchange: () => filter.set({ troubled: troubled.checked }) });
  const ports = choice("Port", [["", "all"], ...run.ports.map((port, index) => [index, port])],
    (value) => filter.set({ port: value === "" ? null : Number(value) }));
  const said = make("p", { role: "status", class: "facts" });
  const clear = make("button", { type: "button",
    onclick: () => filter.set({ text: "", cell: null, port: null, troubled: false, pair: null }) }, "Show everything");
  filter.listen(() => {
    const { state, chosen } = filter;
    if (search.value !== state.text) search.value = state.text;
    troubled.checked = state.troubled;
    ports.querySelector("select").value = state.port ?? "";
    said.textContent = `${number(chosen.length)} of ${plural(run.size, "check")}${state.pair ? `: ${state.pair.text}` : ""}`;
    clear.hidden = chosen.length === run.size && !state.pair;
  });
  return make("section", { id: "filter", "aria-label": "What is shown" },
    make("div", { class: "bar", role: "search" }, make("label", {}, "Search ", search), ports,
      make("label", {}, troubled, " only what went wrong"), clear), fourCells(run, filter), said);
}

// Observed × predicted: the four cells, then what is none of them; each is a switch.
function fourCells(run, filter) {
  const counts = new Array(run.cells.length).fill(0);
  for (const rank of run.cell) counts[rank] += 1;
  const ranks = Object.fromEntries(run.cells.map(({ name }, rank) => [name, rank]));
  const button = (name) => {
    const rank = ranks[name];
    const tally = make("button", { type: "button", class: `tally ${counts[rank] ? `cell ${name.replace("_", "-")}` : ""}`, title: run.cells[rank].meaning,
      onclick: () => filter.set({ cell: filter.state.cell === rank ? null : rank }) },
    make("span", { class: "character", "aria-hidden": "true" }, run.cells[rank].character), ` ${number(counts[rank])} `,
    make("span", {}, name.replace("_", ", ")));
    filter.listen(() => tally.setAttribute("aria-pressed", String(filter.state.cell === rank)));
    return tally;
  };
  const row = (title, ...names) => make("tr", {}, make("th", { scope: "row" }, title),
    names.map((name) => make("td", {}, button(name))));
  const others = ["unsure", "refused", "closed_undefined", "open_undefined"].filter((name) => counts[ranks[name]]);
  return make("div", { class: "cells" },
    make("table", { class: "four" }, make("caption", {}, "Observed × predicted"),
      make("thead", {}, make("tr", {}, make("td"), make("th", { scope: "col" }, "policies allow"), make("th", { scope: "col" }, "policies deny"))),
      make("tbody", {}, row("passes", "open", "leak"), row("does not pass", "blocked", "closed"))),
    make("div", { class: "others" }, others.map(button)));
}
