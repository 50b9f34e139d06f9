// Elements from data. Data becomes text nodes and attribute values, never markup.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An HTML element; null children are left out, strings become text. */
export function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined));
  return element;
}

const shown = new WeakMap();

/**
 * Renders data into an element, unless it shows the same data already. Keeps the keyboard focus and
 * open details, identified by their data-key.
 */
export function show(place, data, build) {
  const text = JSON.stringify(data);
  if (shown.get(place) === text) {
    return;
  }
  shown.set(place, text);
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const open = new Set([...place.querySelectorAll("details[open][data-key]")].map((it) => it.dataset.key));
  place.replaceChildren(...[build(data)].flat(3).filter(Boolean));
  for (const details of place.querySelectorAll("details[data-key]")) {
    details.open = open.has(details.dataset.key);
  }
  if (focused) {
    [...place.querySelectorAll("[data-key]")].find((it) => it.dataset.key === focused)?.focus();
  }
}

const SHAPES = {
  good: [["circle", { cx: 8, cy: 8, r: 7 }], ["path", { d: "M4.8 8.300l2.2 2.2 4.2-4.7", class: "cut" }]],
  warn: [["path", { d: "M8 1.200L15.3 14.200H.7z" }], ["path", { d: "M8 6v3.600M8 11.600v.4", class: "cut" }]],
  bad: [["path", { d: "M5 1h6l4 4v6l-4 4H5l-4-4V5z" }], ["path", { d: "M5.6 5.600l4.8 4.800M10.4 5.600l-4.8 4.8", class: "cut" }]],
  plain: [["circle", { cx: 8, cy: 8, r: 5.5, class: "ring" }]],
};

/** Each kind has its own shape, so that nobody needs to distinguish colours. */
export function shape(kind) {
  return svg(
    "svg",
    { viewBox: "0 0 16 16", class: `shape ${kind}`, "aria-hidden": "true" },
    SHAPES[kind].map(([name, attributes]) => svg(name, attributes)),
  );
}

/** @param kind good, warn, bad or plain */
export function badge(kind, text) {
  return el("span", { class: `badge ${kind}` }, shape(kind), text);
}

/** Pairs of term and description; pairs without a description are left out. */
export function facts(pairs, cssClass = "facts") {
  return el(
    "dl",
    { class: cssClass },
    pairs
      .filter((pair) => pair && pair[1] !== null && pair[1] !== undefined && pair[1] !== "")
      .map(([term, ...what]) => el("div", {}, el("dt", {}, term), el("dd", {}, what))),
  );
}
