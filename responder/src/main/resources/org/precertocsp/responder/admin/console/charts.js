// Small charts as SVG. Each has a text alternative.

import { el, svg } from "./dom.js";

const WIDTH = 300;
const HEIGHT = 64;
const TOP = 4;

/**
 * Lines over one time axis that ends now.
 *
 * @param points times in milliseconds, oldest first
 * @param series of {css, values}; a null value leaves a gap; the first is filled
 * @param millis how far the axis reaches back
 */
export function lines(label, points, series, millis) {
  const end = points.length ? points[points.length - 1] : 0;
  const most = Math.max(...series.flatMap((one) => one.values.map((value) => value ?? 0)), Number.MIN_VALUE);
  const x = (at) => WIDTH - ((end - at) / millis) * WIDTH;
  const y = (value) => HEIGHT - (value / most) * (HEIGHT - TOP);
  const paths = series.flatMap((one, number) => {
    const parts = runs(points, one.values);
    const line = parts.map((run) => "M" + run.map(([at, value]) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("L")).join("");
    const area = parts
      .map((run) => `M${x(run[0][0]).toFixed(1)} ${HEIGHT}L${run.map(([at, value]) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("L")}L${x(run.at(-1)[0]).toFixed(1)} ${HEIGHT}Z`)
      .join("");
    return [number === 0 && area ? svg("path", { d: area, class: `area ${one.css}` }) : null, line ? svg("path", { d: line, class: `line ${one.css}` }) : null];
  });
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "chart", role: "img", "aria-label": label },
    svg("path", { d: `M0 ${HEIGHT - 0.5}H${WIDTH}`, class: "axis" }),
    paths,
  );
}

/** Parts without gaps; a single point becomes a short line. */
function runs(points, values) {
  const all = [];
  let run = [];
  points.forEach((at, i) => {
    const value = values[i];
    if (value === null || value === undefined) {
      if (run.length) all.push(run);
      run = [];
    } else {
      run.push([at, value]);
    }
  });
  if (run.length) all.push(run);
  return all.map((it) => (it.length === 1 ? [[it[0][0] - 2000, it[0][1]], it[0]] : it));
}

/** A bar chart with the numbers as text. */
export function bars(rows) {
  const most = Math.max(...rows.map((row) => row.value), 1);
  return el(
    "ul",
    { class: "bars" },
    rows.map((row) =>
      el(
        "li",
        {},
        el("span", { class: "name" }, row.name),
        el("span", { class: "amount" }, row.text),
        svg(
          "svg",
          { viewBox: "0 0 100 4", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" },
          svg("rect", { width: 100, height: 4, class: "ground" }),
          svg("rect", { width: row.value ? Math.max((row.value / most) * 100, 0.8) : 0, height: 4, class: row.css ?? "one" }),
        ),
      ),
    ),
  );
}
