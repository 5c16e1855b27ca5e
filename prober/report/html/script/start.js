// Everything above, put together.
const place = document.getElementById("app");
if (place) {
  const run = readRun();
  if (run.size) {
    const filter = makeFilter(run);
    place.append(filterBar(run, filter), matrixView(run, filter), mapView(run, filter), checkList(run, filter));
    filter.set(remembered(run));
  }
}
