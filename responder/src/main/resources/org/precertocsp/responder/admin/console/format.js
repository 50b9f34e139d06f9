// Formats numbers, sizes and times.

import { el } from "./dom.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

export const count = (number) => Number(number).toLocaleString("en");

/** Only significant digits. */
export function rate(number) {
  return number >= 100 ? count(Math.round(number)) : number >= 10 ? number.toFixed(0) : number >= 0.05 || number === 0 ? number.toFixed(1) : "< 0.1";
}

export function micros(value) {
  if (value === null || value === undefined) {
    return "–";
  }
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} s` : value >= 1000 ? `${(value / 1000).toFixed(1)} ms` : `${Math.round(value)} µs`;
}

export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let i = 0;
  let rest = value;
  while (rest >= 1000 && i < units.length - 1) {
    rest /= 1000;
    i++;
  }
  return `${i && rest < 10 ? rest.toFixed(1) : Math.round(rest)} ${units[i]}`;
}

/** @param seconds not negative */
export function duration(seconds) {
  if (seconds < 1) {
    return "less than a second";
  }
  const [number, unit] =
    seconds < 2 * MINUTE ? [seconds, "second"]
    : seconds < 2 * HOUR ? [seconds / MINUTE, "minute"]
    : seconds < 2 * DAY ? [seconds / HOUR, "hour"]
    : [seconds / DAY, "day"];
  const whole = Math.round(number);
  return `${count(whole)} ${unit}${whole === 1 ? "" : "s"}`;
}

export function relative(date, now = Date.now()) {
  const seconds = (date.getTime() - now) / 1000;
  return seconds > 0 ? `in ${duration(seconds)}` : -seconds < 1 ? "now" : `${duration(-seconds)} ago`;
}

/** 2026-11-21 17:20:05 UTC */
export function utc(text) {
  const date = new Date(text);
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** An absolute and a relative time; `updateRelativeTimes` keeps the relative one current. */
export function time(text) {
  return el("span", { class: "time" }, el("time", { datetime: text }, utc(text)), " ", ago(text));
}

/** A relative time, with the absolute one as tooltip. */
export function ago(text) {
  const date = new Date(text);
  return el("time", { class: "quiet", datetime: text, title: utc(text), "data-relative": true }, relative(date));
}

/** Called every second. */
export function updateRelativeTimes() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const text = relative(new Date(element.dateTime), now);
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }
}

/** ALERT_CHANNEL: Alert channel */
export function sentence(constant) {
  const text = constant.toLowerCase().replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
