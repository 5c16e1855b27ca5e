// The run as the components read it. `prober/report/html/data.py` writes it.
function readRun() {
  const raw = JSON.parse(document.getElementById("run-data").textContent);
  const size = raw.cell.length;
  const unpack = (column) => {
    if (Array.isArray(column)) return Uint32Array.from(column);
    const all = new Uint32Array(size);
    for (let run = 0, at = 0; run < column.runs.length; run += 2) {
      all.fill(column.runs[run], at, at += column.runs[run + 1]);
    }
    return all;
  };
  const ranks = new Map(raw.cells.map(([character], rank) => [character, rank]));
  const ends = raw.ends.map(([kind, namespace, workload, name, node]) => ({ kind, namespace, workload, name, node }));
  const run = {
    size, ends, predicted: raw.predicted, outside: raw.outside, ports: raw.ports, reasons: raw.reasons, details: raw.details, history: raw.history || null,
    from: unpack(raw.from), to: unpack(raw.to), port: unpack(raw.port), why: unpack(raw.why),
    // The rank of a cell: 0 is the worst, and a pair shows the worst of its checks.
    cell: Uint8Array.from(raw.cell, (character) => ranks.get(character)),
    cells: raw.cells.map(([character, name, meaning]) => ({ character, name, meaning })),
    mark: raw.mark,
  };
  run.text = (end) => endText(ends[end]);
  run.name = (check) => raw.names[check] ?? `${run.text(run.from[check])} → ${run.text(run.to[check])} ${raw.ports[run.port[check]]}`;
  run.ms = (check) => raw.ms[check];
  return run;
}

function endText(end) {
  const name = end.kind === "service" ? `svc/${end.name}` : end.kind === "node" ? `node/${end.name}` : end.name;
  return end.namespace ? `${end.namespace}/${name}` : name;
}

const WORDS = { k: "ok", F: "FAIL", L: "LEAK", U: "UNSURE" };

// Who an end belongs to, for rows, columns and the map: a namespace, a workload, or itself.
const LEVELS = {
  namespace: (end) => [end.namespace || outside(end), ""],
  workload: (end) => [end.namespace || outside(end), end.workload],
  pod: (end) => [end.namespace || outside(end), end.kind === "service" ? `svc/${end.name}` : end.name],
  node: (end) => [end.kind === "node" ? end.name : end.node || (end.namespace ? "no node" : "outside"),
    end.kind === "node" ? "the node itself" : `${end.namespace ? `${end.namespace}/` : ""}${end.workload}`],
};
const outside = (end) => end.kind === "node" ? "nodes" : "outside";

// Groups of ends at a level, in the order of their names: [{group, name, text}], and each end's number.
function grouped(run, level, members) {
  const named = new Map();
  const keys = run.ends.map((end, index) => {
    if (!members[index]) return null;
    const [group, name] = LEVELS[level](end);
    const key = `${group}\n${name}`;
    if (!named.has(key)) named.set(key, { group, name, text: name ? `${group}/${name}` : group });
    return key;
  });
  const order = [...named.keys()].sort();
  const places = new Map(order.map((key, place) => [key, place]));
  return { groups: order.map((key) => named.get(key)), of: keys.map((key) => (key === null ? -1 : places.get(key))) };
}
