// Shows alerts and acknowledges them.

import { badge, byId, el, facts, show } from "./dom.js";
import { ApiError, post } from "./api.js";
import { ago, count, sentence, time } from "./format.js";

const KINDS = { EMERGENCY: "bad", CRITICAL: "bad", WARNING: "warn" };

let chosen = null;

/** @param mayAcknowledge whether the user's role permits it */
export function showAlerts(alerts, mayAcknowledge) {
  show(byId("alerts"), [alerts, mayAcknowledge], () => [
    alerts.open.length
      ? el("ul", { class: "alerts" }, alerts.open.map((it) => alert(it, mayAcknowledge)))
      : el("p", { class: "quiet" }, "No open alerts."),
    alerts.lost ? el("p", { class: "error" }, `${count(alerts.lost)} incidents exceeded the rate limit and are only in the log.`) : null,
    alerts.ended.some(needsAcknowledgement)
      ? [el("h3", {}, "Ended, not acknowledged"), el("ul", { class: "alerts" }, alerts.ended.filter(needsAcknowledgement).map((it) => alert(it, mayAcknowledge)))]
      : null,
    alerts.ended.some((it) => !needsAcknowledgement(it)) ? ended(alerts.ended.filter((it) => !needsAcknowledgement(it))) : null,
    alerts.acknowledged.length ? acknowledged(alerts.acknowledged) : null,
    channels(alerts.channels),
  ]);
}

/** Critical ones that ended by themselves stay listed until somebody acknowledges them. */
function needsAcknowledgement(it) {
  return it.endedAt && !it.acknowledgement && it.severity !== "WARNING";
}

function ended(alerts) {
  return el(
    "details",
    { "data-key": "ended" },
    el("summary", { "data-key": "ended summary" }, `Recently ended (${count(alerts.length)})`),
    el(
      "ul",
      { class: "alerts" },
      alerts.slice(0, 20).map((it) =>
        el(
          "li",
          {},
          el("h3", {}, badge("plain", sentence(it.severity)), " ", sentence(it.kind)),
          el("p", { class: "about" }, it.about),
          el("p", {}, it.what),
          el("p", { class: "quiet" }, "Raised ", time(it.raisedAt), ", ended ", time(it.endedAt)),
        ),
      ),
    ),
  );
}

function alert(it, mayAcknowledge) {
  return el(
    "li",
    { id: `alert-${it.id}` },
    el(
      "div",
      { class: "row between" },
      el("h3", {}, badge(it.endedAt ? "plain" : (KINDS[it.severity] ?? "warn"), sentence(it.severity)), " ", sentence(it.kind)),
      mayAcknowledge
        ? el("button", { type: "button", "data-key": `ack ${it.id}`, "aria-label": `Acknowledge ${sentence(it.kind)}, ${it.about}`, click: () => choose(it) }, "Acknowledge")
        : el("span", { class: "quiet" }, "An operator can acknowledge this"),
    ),
    el("p", { class: "about" }, it.about),
    el("p", {}, it.what),
    el(
      "p",
      { class: "quiet" },
      "Raised ", ago(it.raisedAt),
      it.count > 1 ? [`, ${count(it.count)} times, last `, ago(it.lastSeen)] : null,
      " · ",
      it.endedAt ? ["ended ", ago(it.endedAt)] : Date.parse(it.deadline) < Date.now() ? el("strong", { class: "error" }, "acknowledgement was due ", ago(it.deadline)) : ["acknowledgement due ", ago(it.deadline)],
      it.told.length ? ` · notified: ${it.told.join(", ")}` : " · no channel notified yet",
      ` · ${it.id}`,
    ),
  );
}

function acknowledged(alerts) {
  return el(
    "details",
    { "data-key": "acknowledged" },
    el("summary", { "data-key": "acknowledged summary" }, `Recently acknowledged (${count(alerts.length)})`),
    el(
      "ul",
      { class: "alerts" },
      alerts.slice(0, 20).map((it) =>
        el(
          "li",
          {},
          el("h3", {}, badge("plain", sentence(it.severity)), " ", sentence(it.kind)),
          el("p", { class: "about" }, it.about),
          el("p", {}, it.acknowledgement.note || el("span", { class: "quiet" }, "No note")),
          el("p", { class: "quiet" }, "By ", it.acknowledgement.by, ", ", time(it.acknowledgement.at), it.endedAt ? [", ended ", time(it.endedAt)] : null),
        ),
      ),
    ),
  );
}

function channels(channels) {
  return facts(
    channels.map((it) => [
      `Channel ${it.name}`,
      it.problem ? [badge("warn", "Failing"), ` ${it.problem}`] : `${count(it.delivered)} delivered${it.waiting ? `, ${count(it.waiting)} waiting` : ""}`,
    ]),
  );
}

function choose(alert) {
  chosen = alert;
  byId("acknowledge-about").textContent = `${sentence(alert.kind)}: ${alert.about}`;
  byId("acknowledge-error").textContent = "";
  byId("note").value = "";
  byId("acknowledge").showModal();
  byId("note").focus();
}

/** @param done called with a message for screen readers after an acknowledgement */
export function listenForAcknowledgements(done) {
  byId("acknowledge-cancel").addEventListener("click", () => byId("acknowledge").close());
  byId("acknowledge-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const acknowledged = await post(`alerts/${encodeURIComponent(chosen.id)}/acknowledgement`, { note: byId("note").value });
      byId("acknowledge").close();
      done(`Alert ${acknowledged.id} acknowledged by ${acknowledged.acknowledgement.by}`);
    } catch (e) {
      byId("acknowledge-error").textContent = e instanceof ApiError ? `${e.title}: ${e.message}` : String(e);
    }
  });
}
