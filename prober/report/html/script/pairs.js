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
  return { rows, columns, width, worst, counts, troubled };
}

// What a pair is called, and who is in it: what the filter narrows to when the pair is chosen.
function pairChoice(pairs, row, column) {
  return { text: `${pairs.rows.groups[row].text} → ${pairs.columns.groups[column].text}`,
    has: (from, to) => pairs.rows.of[from] === row && pairs.columns.of[to] === column };
}

function pairSays(run, pairs, row, column) {
  const place = row * pairs.width + column;
  const { text } = pairChoice(pairs, row, column);
  if (pairs.worst[place] === NOTHING) return `${text}: not checked`;
  return `${text}: ${plural(pairs.counts[place], "check")}, ${pairs.counts[place] > 1 ? "the worst: " : ""}${run.cells[pairs.worst[place]].meaning}${pairs.troubled[place] ? "; not what was expected" : ""}`;
}
