// The checks that are looked at, folded to pairs of groups: the worst cell of each, and how many checks it stands for.
const NOTHING = 255;

function pairsOf(run, filter, level) {
  const sources = new Uint8Array(run.ends.length);
  const targets = new Uint8Array(run.ends.length);
  for (const check of filter.chosen) {
    sources[run.from[check]] = 1;
    targets[run.to[check]] = 1;
  }
  const rows = grouped(run, level, sources);
  const columns = grouped(run, level, targets);
  const predicted = predictedOnly(run, filter, rows, columns);
  if (predicted) {
    rows.groups.push(STRANGER("any other namespace"));
    columns.groups.push(STRANGER("hosts outside"));
  }
  const width = columns.groups.length;
  const worst = new Uint8Array(rows.groups.length * width).fill(NOTHING);
  const counts = new Uint32Array(worst.length);
  const troubled = new Uint8Array(worst.length);
  for (const check of filter.chosen) {
    const place = rows.of[run.from[check]] * width + columns.of[run.to[check]];
    if (run.cell[check] < worst[place]) worst[place] = run.cell[check];
    counts[place] += 1;
    if (run.mark[check] !== "k") troubled[place] = 1;
  }
  return { rows, columns, width, worst, counts, troubled, predicted };
}

// A last row and a last column: those who are in no check. What the policies say of them is a prediction and no more, so
// it is in no count, and gone as soon as anybody asks for what was observed.
const STRANGER = (name) => ({ group: "predicted only", name, text: name });
const RULINGS = [[1, "allowed"], [2, "denied"], [4, "undefined"]];

function predictedOnly(run, { state }, rows, columns) {
  if (!run.predicted.length || state.cell !== null || state.troubled || state.pair) return null;
  const [down, across] = [new Uint8Array(rows.groups.length), new Uint8Array(columns.groups.length)];
  for (const [end, from, to] of run.predicted) {
    if (rows.of[end] >= 0) down[rows.of[end]] |= to;
    if (columns.of[end] >= 0) across[columns.of[end]] |= from;
  }
  return { down, across };
}

// The rulings of a cell that nobody probed, added up; 0 where there is none, null where the cell is of checks.
function predictedCell({ rows, columns, predicted }, row, column) {
  if (!predicted) return null;
  const [lastRow, lastColumn] = [row === rows.groups.length - 1, column === columns.groups.length - 1];
  if (lastRow && lastColumn) return 0;
  return lastRow ? predicted.across[column] : lastColumn ? predicted.down[row] : null;
}

function predictedSays(run, { text }, rulings) {
  const words = RULINGS.filter(([bit]) => rulings & bit).map(([, word]) => word);
  const which = words.length > 1 ? ", by port or pod" : "";
  const said = rulings ? `${words.join(" or ")}${which}; predicted only, nobody probed it` : "no port is declared, so nothing is predicted";
  return `${text}: ${said} (outside: ${run.outside.replace(/^outside: /, "")})`;
}

// What a pair is called, and who is in it: what the filter narrows to when the pair is chosen.
function pairChoice(pairs, row, column) {
  return { text: `${pairs.rows.groups[row].text} → ${pairs.columns.groups[column].text}`,
    has: (from, to) => pairs.rows.of[from] === row && pairs.columns.of[to] === column };
}

function pairSays(run, pairs, row, column) {
  const place = row * pairs.width + column;
  const { text } = pairChoice(pairs, row, column);
  const rulings = predictedCell(pairs, row, column);
  if (rulings !== null) return predictedSays(run, { text }, rulings);
  if (pairs.worst[place] === NOTHING) return `${text}: not checked`;
  return `${text}: ${plural(pairs.counts[place], "check")}, ${pairs.counts[place] > 1 ? "the worst: " : ""}${run.cells[pairs.worst[place]].meaning}${pairs.troubled[place] ? "; not what was expected" : ""}`;
}
