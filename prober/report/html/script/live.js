// In a page that a server gave: how long ago things were, and new runs as they come.
function ages() {
  for (const time of document.querySelectorAll("time")) {
    const seconds = Math.max((Date.now() - Date.parse(time.dateTime)) / 1000, 0);
    if (Number.isNaN(seconds)) continue;
    const units = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
    const [size, unit] = units.find(([least]) => seconds >= least) || units[3];
    time.textContent = `${plural(Math.floor(seconds / size), unit)} ago`;
    time.title = time.dateTime;
  }
}

function listen(live) {
  const overview = document.body.dataset.page === "overview";
  const events = new EventSource("/events");
  events.onopen = () => { live.textContent = "Live: a new run appears by itself."; };
  events.onerror = () => { live.textContent = "The server is not there: what is shown may be old."; };
  events.addEventListener("run", (event) => {
    // A reader who is in the middle of a run is told; the first page just shows it.
    if (overview) location.reload();
    else {
      const run = JSON.parse(event.data);
      live.replaceChildren("There is a newer run: ", make("a", { href: `/runs/${encodeURIComponent(run.id)}` }, `${run.scenario} ${run.started}`));
    }
  });
  if (overview) events.addEventListener("state", () => location.reload());
  // A page that stands open must not stay green when nothing comes any more: the server says what is stale.
  if (overview) setTimeout(() => location.reload(), Math.max(Number(document.body.dataset.stale) || 60, 30) * 500);
}

const liveLine = document.getElementById("live");
if (liveLine) {
  ages();
  setInterval(ages, 10000);
  listen(liveLine);
}
