// Who reaches whom: workloads in boxes of their namespace or node, and lines between them. With many lines only those
// that went wrong are drawn, and those of the workload that is chosen.
const MOST_LINES = 300;
const MOST_BOXES = 1500;

function mapView(run, filter) {
  const lines = makeSvg("svg", { class: "lines", "aria-hidden": "true" });
  const boxes = make("div", { class: "boxes" });
  const says = make("p", { role: "status", class: "facts" });
  const map = { run, filter, lines, boxes, says, level: "workload", chosen: null, chips: [] };
  const by = choice("In boxes by", [["workload", "namespace"], ["node", "node"]], (value) => {
    map.level = value;
    map.chosen = null;
    layOut(map);
  });
  filter.listen(() => { if (!filter.state.pair) { map.chosen = null; layOut(map); } });
  new ResizeObserver(() => drawLines(map)).observe(boxes);
  return make("section", { id: "map" }, make("h2", {}, "Map"), make("div", { class: "bar" }, by, legend()),
    make("div", { class: "map" }, boxes, lines), says);
}

function legend() {
  const item = (kind, text) => make("span", { class: "facts" }, make("span", { class: `line ${kind}`, "aria-hidden": "true" }), ` ${text}`);
  return [item("open", "reaches"), item("leak", "leaks"), item("blocked", "is blocked, or fails"), item("unsure", "not known")];
}

function layOut(map) {
  const everybody = new Uint8Array(map.run.ends.length);
  for (const check of map.filter.chosen) everybody[map.run.from[check]] = everybody[map.run.to[check]] = 1;
  const { groups, of } = grouped(map.run, map.level, everybody);
  map.links = linksOf(map, of, groups.length);
  map.groups = groups;
  map.chips = [];
  const lists = new Map();
  groups.slice(0, MOST_BOXES).forEach((group, index) => {
    if (!lists.has(group.group)) lists.set(group.group, make("ul", {}));
    const chip = make("button", { type: "button", class: "chip", "aria-pressed": "false", title: group.text, onclick: () => chooseChip(map, index) }, group.name || group.text);
    map.chips[index] = chip;
    lists.get(group.group).append(make("li", {}, chip));
  });
  map.boxes.replaceChildren(...[...lists].map(([name, list]) => make("div", { class: "box", role: "group", "aria-label": name }, make("h3", {}, name), list)));
  drawLines(map);
}

// How a pair of groups is, the worst of its checks; what is closed as it should be reaches nobody.
const HOW = ["leak", "blocked", "unsure", "open"];

// The rank in HOW of every pair of the groups in view, and which pairs went wrong.
function linksOf({ run, filter }, of, groups) {
  const size = Math.min(groups, MOST_BOXES);
  const ranks = new Uint8Array(size * size).fill(NOTHING);
  const rankOf = run.cells.map(({ name }) => HOW.indexOf(name.startsWith("open") || name === "refused" ? "open" : name));
  for (const check of filter.chosen) {
    const [from, to] = [of[run.from[check]], of[run.to[check]]];
    let rank = rankOf[run.cell[check]];
    if (run.mark[check] === "F" && (rank < 0 || HOW[rank] === "open")) rank = HOW.indexOf("blocked");
    if (rank < 0 || from >= size || to >= size) continue;
    if (rank < ranks[from * size + to]) ranks[from * size + to] = rank;
  }
  const links = { size, ranks, count: 0, troubled: [] };
  ranks.forEach((rank, pair) => {
    if (rank === NOTHING) return;
    links.count += 1;
    if (HOW[rank] !== "open") links.troubled.push(pair);
  });
  return links;
}

// The pairs whose lines are to be seen: [from, to, how], what went wrong last, so that it lies on top.
function linksToShow({ links, chosen }) {
  const { size, ranks, count, troubled } = links;
  let pairs = [];
  if (chosen !== null) {
    for (let other = 0; other < size; other += 1) pairs.push(chosen * size + other, ...(other === chosen ? [] : [other * size + chosen]));
  } else if (count <= MOST_LINES) pairs = ranks.keys();
  else pairs = troubled;
  return [...pairs].filter((pair) => ranks[pair] !== NOTHING).sort((pair, other) => ranks[other] - ranks[pair])
    .map((pair) => [Math.floor(pair / size), pair % size, HOW[ranks[pair]]]);
}

function chooseChip(map, index) {
  map.chosen = map.chosen === index ? null : index;
  map.chips.forEach((chip, place) => chip.setAttribute("aria-pressed", String(place === map.chosen)));
  drawLines(map);
}

function drawLines(map) {
  if (!map.links) return;
  const { chosen } = map;
  const shown = linksToShow(map);
  const drawn = shown.slice(-MOST_LINES);
  const box = map.boxes.getBoundingClientRect();
  map.lines.setAttribute("width", box.width);
  map.lines.setAttribute("height", map.boxes.scrollHeight);
  const near = new Set(chosen === null ? [] : drawn.flatMap(([from, to]) => [from, to]));
  map.chips.forEach((chip, place) => chip.classList.toggle("far", chosen !== null && place !== chosen && !near.has(place)));
  map.lines.replaceChildren(...drawn.map(([from, to, how]) => line(box, map.chips[from], map.chips[to], how)));
  map.says.textContent = mapSays(map, shown);
}

// A bow from the edge of a chip to the edge of another, with its end marked by a dot.
function line(box, from, to, how) {
  const [start, end] = [from, to].map((chip) => chip.getBoundingClientRect());
  const middle = (rect) => [rect.left - box.left + rect.width / 2, rect.top - box.top + rect.height / 2];
  const [[fromX, fromY], [toX, toY]] = [middle(start), middle(end)];
  const [bendX, bendY] = from === to ? [fromX + 50, fromY - 50] : [(fromX + toX) / 2 + (toY - fromY) * 0.15, (fromY + toY) / 2 - (toX - fromX) * 0.15];
  const [x1, y1] = edge(start, [fromX, fromY], [bendX, bendY]);
  const [x2, y2] = edge(end, [toX, toY], [bendX, bendY]);
  const group = makeSvg("g", { class: how });
  group.append(makeSvg("path", { d: `M${x1} ${y1}Q${bendX} ${bendY} ${x2} ${y2}` }), makeSvg("circle", { cx: x2, cy: y2, r: 4 }));
  return group;
}

// Where the way from the middle of a rectangle to a point leaves it.
function edge({ width, height }, [x, y], [towardsX, towardsY]) {
  const [dx, dy] = [towardsX - x, towardsY - y];
  const share = Math.min(1, width / 2 / Math.abs(dx || 1e-6), height / 2 / Math.abs(dy || 1e-6));
  return [x + dx * share, y + dy * share];
}

function mapSays(map, shown) {
  if (map.chosen !== null) {
    const name = map.groups[map.chosen].text;
    const names = (end, side) => [...new Set(shown.filter((link) => link[end] === map.chosen && link[2] !== "blocked").map((link) => map.groups[link[side]].text))].sort();
    const told = (list) => (list.length ? list.slice(0, 12).join(", ") + (list.length > 12 ? ` and ${list.length - 12} more` : "") : "nobody that was checked");
    return `${name} reaches ${told(names(0, 1))}. It is reached by ${told(names(1, 0))}.`;
  }
  if (map.groups.length > MOST_BOXES) return `The first ${number(MOST_BOXES)} of ${number(map.groups.length)} are shown: search for the others.`;
  const pairs = plural(map.links.count, "pair");
  if (map.links.count > MOST_LINES) return `${pairs} reach each other: choose a workload to see its lines. ${shown.length ? "Drawn is what went wrong." : ""}`;
  return `${pairs}. Choose a workload to see its lines alone; a line ends in its dot.`;
}
