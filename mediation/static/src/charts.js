// Draws the charts of a page from the options beside them; the same numbers stand in the table below each chart.
/* global echarts */

function draw(place) {
  const chart = echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    color: ["#12657f", "#7f95a6", "#c98a1b", "#4d7f66", "#8a5a83", "#b42318"],
    textStyle: { fontFamily: "inherit" },
    ...JSON.parse(place.dataset.chart),
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}

for (const place of document.querySelectorAll("[data-chart]")) draw(place);
