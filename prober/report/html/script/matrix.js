// The matrix, on a canvas that is as large as its window: only the cells in view are drawn, so a thousand by a thousand
// scroll as twenty by twenty do. Arrow keys move over the cells, and what a cell says stands below for everybody.
const MOST_PRINTED = 60;

function matrixView(run, filter) {
  const canvas = make("canvas", { tabindex: "0", role: "application", "aria-roledescription": "matrix",
    "aria-label": "Matrix of sources and destinations. Arrow keys move, Enter shows the checks of a cell.", "aria-describedby": "matrix-says" });
  const size = make("div", {}, canvas);
  const scroller = make("div", { class: "scroller" }, size);
  const says = make("p", { id: "matrix-says", role: "status", class: "facts" });
  const matrix = { run, filter, canvas, size, scroller, says, level: "workload", cursor: [0, 0], pairs: null, colors: null };
  const level = choice("By", [["workload", "workload"], ["namespace", "namespace"], ["pod", "pod"]], (value) => {
    matrix.level = value;
    arrange(matrix);
  });
  filter.listen(() => { if (!filter.state.pair) arrange(matrix); });
  const redraw = () => requestAnimationFrame(() => draw(matrix));
  scroller.addEventListener("scroll", redraw, { passive: true });
  new ResizeObserver(() => arrange(matrix)).observe(scroller);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { matrix.colors = null; redraw(); });
  // Paper has more dots than a screen and no scroll bar.
  for (const [event, printing] of [["beforeprint", true], ["afterprint", false]]) {
    addEventListener(event, () => { Object.assign(matrix, { printing, colors: null }); arrange(matrix); });
  }
  canvas.addEventListener("mousemove", (event) => point(matrix, cellAt(matrix, event)));
  canvas.addEventListener("click", (event) => { point(matrix, cellAt(matrix, event)); choose(matrix); });
  canvas.addEventListener("keydown", (event) => steer(matrix, event));
  return make("section", { id: "matrix" }, make("h2", {}, "Matrix"), make("div", { class: "bar" }, level,
    make("span", { class: "facts" }, `sources down, destinations across; a ring: not what was expected${run.predicted.length ? "; dashed: predicted only, nobody probed it" : ""}`)), scroller, says);
}

// Sizes in CSS pixels: of a cell, and of the margins that hold the names.
function arrange(matrix) {
  const { run, filter, scroller, size } = matrix;
  matrix.pairs = pairsOf(run, filter, matrix.level);
  const [down, across] = [matrix.pairs.rows.groups.length, matrix.pairs.width];
  const narrow = scroller.clientWidth < 600;
  const most = Math.max(down, across);
  matrix.cell = most > 60 ? 14 : most > 16 ? 20 : 26;
  matrix.rowBands = bands(matrix.pairs.rows.groups, narrow ? [64, 96] : [170, 200]);
  matrix.columnBands = bands(matrix.pairs.columns.groups, narrow ? [64, 96] : [110, 170]);
  matrix.left = matrix.rowBands.groups + matrix.rowBands.names;
  matrix.top = matrix.columnBands.groups + matrix.columnBands.names;
  size.style.width = `${matrix.left + across * matrix.cell}px`;
  size.style.height = `${matrix.top + down * matrix.cell}px`;
  const whole = matrix.top + down * matrix.cell + 18;
  scroller.style.height = `${matrix.printing && down <= MOST_PRINTED ? whole : Math.min(whole, Math.max(innerHeight * 0.75, 240))}px`;
  matrix.cursor = [Math.min(matrix.cursor[0], Math.max(down - 1, 0)), Math.min(matrix.cursor[1], Math.max(across - 1, 0))];
  draw(matrix);
}

// The widths of the two margins with names, the outer one for groups (namespaces).
function bands(groups, [mostGroup, mostName]) {
  const longest = (key) => groups.reduce((most, group) => Math.max(most, group[key].length), 0) * 7;
  const names = longest("name");
  return { groups: Math.min(longest("group") + 16, names ? mostGroup : mostGroup + mostName), names: names && Math.min(names + 14, mostName) };
}

function draw(matrix) {
  const { canvas, scroller, pairs, cell, left, top } = matrix;
  if (!pairs || !scroller.clientWidth) return;
  const [width, height, scale] = [scroller.clientWidth, scroller.clientHeight, matrix.printing ? 3 : devicePixelRatio || 1];
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const paint = canvas.getContext("2d");
  paint.scale(scale, scale);
  matrix.colors ??= colorsOf(matrix.run);
  const first = { row: Math.floor(scroller.scrollTop / cell), column: Math.floor(scroller.scrollLeft / cell) };
  const last = { row: Math.min(pairs.rows.groups.length, first.row + Math.ceil((height - top) / cell) + 1),
    column: Math.min(pairs.width, first.column + Math.ceil((width - left) / cell) + 1) };
  const x = (column) => left + column * cell - scroller.scrollLeft;
  const y = (row) => top + row * cell - scroller.scrollTop;
  paint.save();
  paint.beginPath();
  paint.rect(left, top, width - left, height - top);
  paint.clip();
  for (let row = first.row; row < last.row; row += 1) {
    for (let column = first.column; column < last.column; column += 1) drawCell(matrix, paint, row, column, x(column), y(row));
  }
  paint.restore();
  drawNames(matrix, paint, first, last, x, y);
}

function drawCell(matrix, paint, row, column, x, y) {
  const { pairs, cell, colors, run, cursor } = matrix;
  const place = row * pairs.width + column;
  const worst = pairs.worst[place];
  const rulings = predictedCell(pairs, row, column);
  if (rulings) drawPredicted(matrix, paint, rulings, x, y);
  if (worst !== NOTHING) {
    const { back, text } = colors.cells[worst];
    paint.fillStyle = back;
    paint.fillRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
    paint.fillStyle = text;
    paint.font = `${cell - 7}px ui-monospace, monospace`;
    paint.textAlign = "center";
    paint.textBaseline = "middle";
    paint.fillText(run.cells[worst].character, x + cell / 2, y + cell / 2);
    if (pairs.troubled[place]) outline(paint, colors.bad, x + 1.5, y + 1.5, cell - 3);
  }
  if (cursor[0] === row && cursor[1] === column && document.activeElement === matrix.canvas) {
    outline(paint, colors.text, x + 0.5, y + 0.5, cell - 1);
  }
}

// Without a colour of its own: nobody has seen it.
function drawPredicted({ cell, colors }, paint, rulings, x, y) {
  paint.setLineDash([2, 2]);
  paint.lineWidth = 1;
  paint.strokeStyle = colors.edge;
  paint.strokeRect(x + 1.5, y + 1.5, cell - 3, cell - 3);
  paint.setLineDash([]);
  paint.fillStyle = colors.faint;
  paint.font = `${cell - 8}px ui-monospace, monospace`;
  paint.textAlign = "center";
  paint.textBaseline = "middle";
  paint.fillText({ 1: ".", 2: "x" }[rulings] || "~", x + cell / 2, y + cell / 2);
}

function outline(paint, color, x, y, side) {
  paint.strokeStyle = color;
  paint.lineWidth = 2;
  paint.strokeRect(x, y, side, side);
}

// Names stand still while the cells move: of every row and column, and before them of the group they are in, once; a line
// begins each group.
function drawNames(matrix, paint, first, last, x, y) {
  const { pairs, cell, left, top, colors, cursor, scroller, rowBands, columnBands } = matrix;
  const [rows, columns] = [pairs.rows.groups, pairs.columns.groups];
  paint.textBaseline = "middle";
  const across = (index, bottom, room, said, current) => {
    paint.save();
    paint.translate(x(index) + cell / 2, bottom - 6);
    paint.rotate(-Math.PI / 2);
    drawName(paint, colors, said, room - 10, current);
    paint.restore();
  };
  const down = (place, end, room, said, current) => {
    paint.save();
    paint.translate(end - 6, place);
    paint.textAlign = "right";
    drawName(paint, colors, said, room - 12, current);
    paint.restore();
  };
  paint.font = "12px system-ui, sans-serif";
  within(paint, left, 0, scroller.clientWidth, top, () => {
    for (let index = first.column; index < last.column; index += 1) across(index, top, columnBands.names, columns[index].name, matrix.pointed && index === cursor[1]);
  });
  within(paint, 0, top, left, scroller.clientHeight, () => {
    for (let index = first.row; index < last.row; index += 1) down(y(index) + cell / 2, left, rowBands.names, rows[index].name, matrix.pointed && index === cursor[0]);
  });
  paint.font = "600 12px system-ui, sans-serif";
  within(paint, left, 0, scroller.clientWidth, top, () => {
    for (const [index] of stretches(columns, first.column, last.column)) across(index, columnBands.groups, columnBands.groups, columns[index].group, false);
  });
  within(paint, 0, top, left, scroller.clientHeight, () => {
    for (const [index, end] of stretches(rows, first.row, last.row)) {
      // The name of a group whose beginning is out of sight stays in sight.
      const place = Math.min(Math.max(y(index), top), y(end - 1)) + cell / 2;
      down(place, rowBands.groups, rowBands.groups, rows[index].group, false);
    }
  });
  paint.strokeStyle = colors.line;
  paint.lineWidth = 1;
  within(paint, left, 0, scroller.clientWidth, scroller.clientHeight, () => {
    for (const index of borders(columns, first.column, last.column)) stroke(paint, x(index), 0, x(index), Math.min(y(rows.length), scroller.clientHeight));
  });
  within(paint, 0, top, scroller.clientWidth, scroller.clientHeight, () => {
    for (const index of borders(rows, first.row, last.row)) stroke(paint, 0, y(index), Math.min(x(pairs.width), scroller.clientWidth), y(index));
  });
}

// The groups in view: the place of the first in view of each, and the one after its last.
function* stretches(groups, first, last) {
  for (let index = first, end; index < last; index = end) {
    for (end = index + 1; end < last && groups[end].group === groups[index].group; end += 1);
    yield [index, end];
  }
}

function* borders(groups, first, last) {
  for (let index = Math.max(first, 1); index < last; index += 1) if (groups[index].group !== groups[index - 1].group) yield index;
}

function within(paint, x, y, right, bottom, work) {
  paint.save();
  paint.beginPath();
  paint.rect(x, y, right - x, bottom - y);
  paint.clip();
  work();
  paint.restore();
}

function stroke(paint, x, y, toX, toY) {
  paint.beginPath();
  paint.moveTo(x, y);
  paint.lineTo(toX, toY);
  paint.stroke();
}

function drawName(paint, colors, text, room, current) {
  paint.fillStyle = current ? colors.text : colors.faint;
  let said = text;
  // What tells two names apart is rarely the kind, or in the middle.
  const most = Math.max(Math.floor(room / 6), 4);
  if (said.length > most) said = said.slice(said.indexOf("/") + 1);
  if (said.length > most) said = `${said.slice(0, Math.ceil(most * 0.4))}…${said.slice(-Math.floor(most * 0.6))}`;
  paint.fillText(said, 0, 0, room);
}

function colorsOf(run) {
  const root = getComputedStyle(document.documentElement);
  const color = (name) => root.getPropertyValue(`--${name}`).trim();
  const of = { open: ["good-back", "good"], open_undefined: ["good-back", "good"], leak: ["bad", "back"], blocked: ["bad", "back"], unsure: ["unsure-back", "unsure"] };
  return { bad: color("bad"), text: color("text"), faint: color("faint"), line: color("line"), edge: color("edge"),
    cells: run.cells.map(({ name }) => (of[name] || ["closed-back", "faint"]).map(color)).map(([back, text]) => ({ back, text })) };
}

function cellAt({ canvas, scroller, cell, left, top, pairs }, event) {
  const box = canvas.getBoundingClientRect();
  const row = Math.floor((event.clientY - box.top - top + scroller.scrollTop) / cell);
  const column = Math.floor((event.clientX - box.left - left + scroller.scrollLeft) / cell);
  const inside = event.clientY - box.top >= top && event.clientX - box.left >= left && row < pairs.rows.groups.length && column < pairs.width;
  return inside ? [row, column] : null;
}

function point(matrix, cell) {
  if (!cell) return;
  matrix.cursor = cell;
  matrix.pointed = true;
  matrix.says.textContent = pairSays(matrix.run, matrix.pairs, ...cell);
  draw(matrix);
}

function choose(matrix) {
  const [row, column] = matrix.cursor;
  if (!matrix.pairs.width || matrix.pairs.worst[row * matrix.pairs.width + column] === NOTHING) return;
  matrix.filter.set({ pair: pairChoice(matrix.pairs, row, column) });
  const title = document.getElementById("checks-title");
  title.scrollIntoView();
  title.focus();
}

function steer(matrix, event) {
  const { pairs, cell, scroller, left, top } = matrix;
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0], Home: [0, -Infinity], End: [0, Infinity] };
  if (event.key === "Enter" || event.key === " ") choose(matrix);
  else if (moves[event.key] && pairs.width) {
    const to = (at, by, most) => Math.min(Math.max(at + by, 0), most - 1);
    const [row, column] = [to(matrix.cursor[0], moves[event.key][0], pairs.rows.groups.length), to(matrix.cursor[1], moves[event.key][1], pairs.width)];
    const room = (at, place, view) => Math.min(Math.max(at, (place + 1) * cell - view), place * cell);
    scroller.scrollTop = room(scroller.scrollTop, row, scroller.clientHeight - top - 18);
    scroller.scrollLeft = room(scroller.scrollLeft, column, scroller.clientWidth - left - 18);
    point(matrix, [row, column]);
  } else return;
  event.preventDefault();
}
