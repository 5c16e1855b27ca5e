// The checks that are looked at, a page of them at a time; a click shows everything about one.
const PAGE = 100;

function checkList(run, filter) {
  const body = make("tbody");
  const heading = make("h2", { tabindex: "-1", id: "checks-title" });
  const more = make("button", { type: "button", onclick: () => show(shown + PAGE) });
  let shown = 0;
  const show = (until) => {
    for (; shown < Math.min(until, filter.chosen.length); shown += 1) body.append(...checkRows(run, filter.chosen[shown]));
    const rest = filter.chosen.length - shown;
    more.hidden = rest === 0;
    more.textContent = `Show ${number(Math.min(PAGE, rest))} more of ${number(rest)}`;
  };
  filter.listen(() => {
    body.replaceChildren();
    shown = 0;
    heading.textContent = plural(filter.chosen.length, "check");
    show(PAGE);
  });
  const columns = ["", "Check", "Seen", "Predicted", "Time", ...(run.history ? ["History"] : [])];
  const head = make("tr", {}, columns.map((name) => make("th", { scope: "col" }, name || make("span", { class: "unseen" }, "Result"))));
  return make("section", { id: "checks" }, heading,
    make("div", { class: "wide", tabindex: "0", role: "region", "aria-labelledby": "checks-title" },
      make("table", { class: "checks" }, make("thead", {}, head), body)), more);
}

function checkRows(run, check) {
  const detail = run.details[check];
  const cell = run.cells[run.cell[check]];
  const word = WORDS[run.mark[check]];
  const columns = run.history ? 6 : 5;
  const below = make("tr", { class: "why", hidden: true }, make("td", { colspan: columns, class: "detail" }));
  const open = make("button", { type: "button", class: "open-check", "aria-expanded": "false" }, run.name(check));
  const toggle = () => {
    const opening = below.hidden;
    if (opening && !below.firstChild.hasChildNodes()) below.firstChild.append(...checkDetail(run, check));
    below.hidden = !opening;
    open.setAttribute("aria-expanded", String(opening));
  };
  open.addEventListener("click", toggle);
  const time = run.ms(check);
  const row = make("tr", {}, make("td", {}, make("span", { class: `mark ${word.toLowerCase()}` }, word)),
    make("th", { scope: "row" }, open), make("td", {}, detail ? detail.outcome : cell.name.replace("_", ", ")),
    make("td", { title: run.reasons[run.why[check]] }, detail ? detail.predicted : ""),
    make("td", { class: "time" }, time ? `${time} ms` : ""), run.history ? make("td", {}, strip(run.history, check)) : "");
  if (word !== "ok" && detail && detail.says) {
    row.querySelector("th").append(make("p", { class: "faint" }, detail.says[0]));
  }
  return [row, below];
}

function checkDetail(run, check) {
  const detail = run.details[check];
  if (!detail) {
    return [make("p", {}, run.reasons[run.why[check]]),
      make("p", { class: "faint" }, `${run.cells[run.cell[check]].meaning}. The page holds the trail of what went wrong only: the JSON report has all of it.`)];
  }
  const list = (title, lines) => lines && lines.length ? [make("h3", {}, title), make("ul", {}, lines.map((line) => make("li", {}, line)))] : [];
  const links = detail.causes.map((cause) => make("li", {}, make("a", { href: `#cause-${cause}`, onclick: toCause }, causeText(cause))));
  return [
    make("p", { class: "facts" }, [`expected ${detail.expected}`, detail.outcome, detail.verdict, `from ${detail.vantage}`, detail.flaky].filter(Boolean).join(" · ")),
    ...(links.length ? [make("h3", {}, "Cause and fix"), make("ul", {}, links)] : []),
    ...list("Why", detail.says), ...list("On the wire", [detail.wire, detail.phases].filter(Boolean)),
    ...list("Controls", detail.controls),
    make("h3", {}, "What the policies say"),
    make("ol", { class: "trail" }, (detail.trail || [[0, run.reasons[run.why[check]]]]).map(([depth, line]) => make("li", { class: `depth-${depth}` }, line))),
  ];
}

// The address has the filter behind its #, so the link moves by itself.
function toCause(event) {
  event.preventDefault();
  const cause = document.getElementById(event.currentTarget.getAttribute("href").slice(1));
  cause.setAttribute("tabindex", "-1");
  cause.scrollIntoView();
  cause.focus();
}

function causeText(cause) {
  const title = document.getElementById(`cause-${cause}`);
  return title ? [...title.childNodes].map((part) => part.textContent).join(" ") : `cause ${cause}`;
}

// The history of a check: a mark for each of its last runs, the oldest first.
const MOST_BEATS = 20;

function strip(history, check) {
  const marks = (history.marks[check] || "").slice(-MOST_BEATS);
  const runs = history.runs.slice(-marks.length);
  const words = [...marks].map((mark, run) => `${runs[run]}: ${WORDS[mark] || "not checked"}`);
  return make("span", { class: "strip", role: "img", "aria-label": words.slice(-5).join(", ") || "no history" },
    [...marks].map((mark, run) => make("span", { class: `beat ${(WORDS[mark] || "none").toLowerCase()}`, title: words[run] }, mark === "k" ? " " : mark)));
}
