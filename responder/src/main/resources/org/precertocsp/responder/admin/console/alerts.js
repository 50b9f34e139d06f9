// What somebody must look at, and taking it up.

import { badge, byId, el, facts, show } from "./dom.js";
import { Refused, post } from "./api.js";
import { ago, count, sentence, time } from "./words.js";

const KINDS = { EMERGENCY: "bad", CRITICAL: "bad", WARNING: "warn" };

let chosen = null;

/** @param mayAcknowledge whether the reader's role lets them */
export function showAlerts(alerts, mayAcknowledge) {
  show(byId("alerts"), [alerts, mayAcknowledge], () => [
    alerts.open.length
      ? el("ul", { class: "alerts" }, alerts.open.map((it) => alert(it, mayAcknowledge)))
      : el("p", { class: "quiet" }, "Nothing waits for anybody."),
    alerts.lost ? el("p", { class: "trouble" }, `${count(alerts.lost)} incidents came too many at once and are in the log alone.`) : null,
    alerts.ended.some(unseen)
      ? [el("h3", {}, "Ended, not acknowledged"), el("ul", { class: "alerts" }, alerts.ended.filter(unseen).map((it) => alert(it, mayAcknowledge)))]
      : null,
    alerts.ended.some((it) => !unseen(it)) ? ended(alerts.ended.filter((it) => !unseen(it))) : null,
    alerts.acknowledged.length ? acknowledged(alerts.acknowledged) : null,
    channels(alerts.channels),
  ]);
}

/** Critical ones that ended by themselves stay listed until somebody acknowledges them. */
function unseen(it) {
  return it.endedAt && !it.acknowledgement && it.severity !== "WARNING";
}

function ended(alerts) {
  return el(
    "details",
    { "data-key": "ended" },
    el("summary", { "data-key": "ended summary" }, `Ended lately (${count(alerts.length)})`),
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
      it.endedAt ? ["ended ", ago(it.endedAt)] : Date.parse(it.deadline) < Date.now() ? el("strong", { class: "trouble" }, "answer was due ", ago(it.deadline)) : ["answer due ", ago(it.deadline)],
      it.told.length ? ` · told: ${it.told.join(", ")}` : " · nobody was told yet",
      ` · ${it.id}`,
    ),
  );
}

function acknowledged(alerts) {
  return el(
    "details",
    { "data-key": "acknowledged" },
    el("summary", { "data-key": "acknowledged summary" }, `Taken up lately (${count(alerts.length)})`),
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
      it.problem ? [badge("warn", "Failing"), ` ${it.problem}`] : `${count(it.delivered)} told${it.waiting ? `, ${count(it.waiting)} waiting` : ""}`,
    ]),
  );
}

function choose(alert) {
  chosen = alert;
  byId("acknowledge-about").textContent = `${sentence(alert.kind)}: ${alert.about}`;
  byId("acknowledge-trouble").textContent = "";
  byId("note").value = "";
  byId("acknowledge").showModal();
  byId("note").focus();
}

/** @param done told what to say aloud, once something was acknowledged */
export function listenForAcknowledgements(done) {
  byId("acknowledge-cancel").addEventListener("click", () => byId("acknowledge").close());
  byId("acknowledge-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const taken = await post(`alerts/${encodeURIComponent(chosen.id)}/acknowledgement`, { note: byId("note").value });
      byId("acknowledge").close();
      done(`Alert ${taken.id} was taken up by ${taken.acknowledgement.by}`);
    } catch (e) {
      byId("acknowledge-trouble").textContent = e instanceof Refused ? `${e.title}: ${e.message}` : String(e);
    }
  });
}
