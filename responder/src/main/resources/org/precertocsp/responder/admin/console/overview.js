// The state of the running server.

import { badge, byId, el, facts, shape, show } from "./dom.js";
import { bars, lines } from "./charts.js";
import { ago, bytes, count, duration, micros, plural, rate, sentence, time, utc } from "./format.js";

const SHORTEST_MILLIS = 2 * 60 * 1000;
const SOON_DAYS = 14;
/** Layers of answers, by their names in the API. */
const LAYERS = {
  loop: "Memory, on the event loop",
  memory: "Memory",
  disk: "Disk, signed in advance",
  signer: "Status store: signed now or unsigned",
};

/** @param alerts open ones */
export function showOverview(overview, alerts) {
  const problems = [
    ...overview.health.filter((it) => it.problem).map((it) => `${it.name}: ${it.problem}`),
    ...overview.audit.problems.map((it) => `audit log: ${it}`),
  ];
  show(byId("summary"), [problems, alerts, overview.health.map((it) => it.name)], () => summary(overview, problems, alerts));
  show(byId("tiles"), [overview.moments, overview.store.serials, overview.responses], () => tiles(overview));
  cards(overview);
}

function summary(overview, problems, alerts) {
  const kind = problems.length ? "bad" : alerts.length ? "warn" : "good";
  const headline =
    problems.length ? "Some functions do not work"
    : alerts.length ? `All functions work; ${plural(alerts.length, "open alert")}`
    : "All functions work";
  return el(
    "div",
    { class: `banner ${kind}` },
    shape(kind),
    el(
      "div",
      {},
      el("p", { class: "headline" }, headline),
      problems.length
        ? el("ul", {}, problems.map((it) => el("li", {}, it)))
        : el("p", { class: "quiet" }, `Checked: ${overview.health.map((it) => it.name).join(", ")}, verification of the audit log`),
    ),
  );
}

const last = (moments, value) => (moments.length ? value(moments.at(-1)) : null);

function tiles(overview) {
  const moments = overview.moments;
  const points = moments.map((it) => Date.parse(it.at));
  const per = (what) => (it) => it[what] / it.seconds;
  const reach = Math.max(SHORTEST_MILLIS, points.length ? points.at(-1) - points[0] : 0);
  const past = `last ${duration(reach / 1000)}`;
  const graph = (label, series) => [
    lines(`${label}, ${past}`, points, series, reach),
    el("p", { class: "reach" }, past),
  ];
  const now = { requests: last(moments, per("requests")) ?? 0, signed: last(moments, per("signed")) ?? 0 };
  const latest = moments.findLast((it) => it.p99Micros !== undefined);
  return [
    tile("Requests", rate(now.requests), "per second", graph(`Requests per second, now ${rate(now.requests)}`, [
      { css: "one", values: moments.map(per("requests")) },
      { css: "three", values: moments.map(per("unanswered")) },
    ]), [["one", "all"], ["three", "without a signed answer"]]),
    tile("Latency", latest ? micros(latest.p99Micros) : "–", latest ? "99th percentile" : "no requests yet", graph(`Latency, 99th percentile: ${micros(latest?.p99Micros)} when last measured`, [
      { css: "two", values: moments.map((it) => it.p99Micros ?? null) },
      { css: "one", values: moments.map((it) => it.p50Micros ?? null) },
    ]), [["two", "99th percentile"], ["one", `median: ${micros(latest?.p50Micros)}`]]),
    tile("Signatures", rate(now.signed), "per second", graph(`Signatures per second, now ${rate(now.signed)}`, [
      { css: "one", values: moments.map(per("signed")) },
      { css: "three", values: moments.map((it) => it.waiting) },
    ]), [["one", "made"], ["three", "waiting"]]),
    tile("Serials", count(overview.store.serials), "known (estimate)", null, [
      [null, `${count(overview.responses.stored)} responses on disk`],
      [null, `${bytes(overview.store.tables)} in tables`],
    ]),
  ];
}

function tile(name, figure, unit, graph, legend) {
  return el(
    "section",
    { class: "tile", "aria-label": name },
    el("h2", {}, name),
    el("p", { class: "figure" }, figure, " ", el("span", { class: "unit" }, unit)),
    graph,
    el("ul", { class: "legend" }, legend.map(([css, text]) => el("li", {}, css ? el("span", { class: `dot ${css}` }) : null, text))),
  );
}

function cards(overview) {
  const place = byId("cards");
  const all = [
    ["answers", "Answers", [overview.requests, overview.layers, overview.issuers.map((it) => it.unassigned)], () => answers(overview)],
    ["signing", "Signing", overview.issuers.map((it) => [it.name, it.signing]), () => overview.issuers.map(signing)],
    ["renewal", "Renewals", [overview.issuers, overview.responses], () => renewal(overview)],
    ["feeds", "Feeds", [overview.feeds.recent, overview.feeds.spool.problems, overview.feeds.spool.waiting, overview.feeds.spool.watching], () => feeds(overview.feeds)],
    ["logs", "Certificate Transparency logs", overview.logs, () => logs(overview.logs)],
    ["audit", "Audit log", overview.audit, () => audit(overview.audit)],
  ];
  if (!place.children.length) {
    place.append(
      ...all.map(([id, title]) =>
        el("section", { class: "card", "aria-labelledby": `${id}-title` }, el("h2", { id: `${id}-title` }, title), el("div", { id })),
      ),
    );
  }
  all.forEach(([id, , data, build]) => show(byId(id), data, build));
}

function answers(overview) {
  const outcomes = new Map();
  for (const it of overview.requests) {
    outcomes.set(it.outcome, (outcomes.get(it.outcome) ?? 0) + it.count);
  }
  if (!outcomes.size) {
    return el("p", { class: "quiet" }, "No requests since the start.");
  }
  const unassigned = overview.issuers.filter((it) => it.unassigned?.requests);
  const rows = [...outcomes].sort((a, b) => b[1] - a[1]);
  const layers = overview.layers.map((it, i) => ({
    name: LAYERS[it.name] ?? it.name,
    value: i === 0 || i === overview.layers.length - 1 ? it.asked : Math.max(0, it.asked - overview.layers[i + 1].asked),
  }));
  return [
    bars(rows.map(([outcome, value]) => ({ name: sentence(outcome), value, text: count(value), css: outcome === "answered" ? "one" : "three" }))),
    el("h3", {}, "Source of answers"),
    bars(layers.filter((it) => it.value).map((it) => ({ ...it, text: count(it.value), css: "two" }))),
    unassigned.length ? el("h3", {}, "Requests for unassigned serials") : null,
    unassigned.map((it) =>
      el("p", {}, `${it.name}: ${count(it.unassigned.requests)} requests `, el("span", { class: "quiet" }, `about ${count(it.unassigned.distinct)} different serials this hour; usual rate: ${count(Math.round(it.unassigned.usual))} per hour`)),
    ),
  ];
}

function signing(issuer) {
  const it = issuer.signing;
  const refused = Object.entries(it.refused).filter(([, number]) => number);
  return el(
    "div",
    { class: "part" },
    el("div", { class: "row between" }, el("h3", {}, issuer.name), it.breakerOpen ? badge("bad", "Circuit breaker open") : badge("good", "Signing")),
    facts([
      ["In progress", count(it.inFlight)],
      ["Waiting", count(it.waiting)],
      ["Signed", count(it.signed)],
      ["Rejected", refused.length ? refused.map(([cause, number]) => `${count(number)} ${cause.replaceAll("_", " ")}`).join(", ") : "none"],
    ], "facts four"),
    it.lastFailure ? el("p", { class: "error" }, `Last failure: ${it.lastFailure.what} `, ago(it.lastFailure.at)) : null,
  );
}

function renewal(overview) {
  const counts = overview.responses;
  return [
    overview.issuers.map((issuer) => {
      const it = issuer.renewal;
      const late = it && it.lagSeconds >= 1;
      return el(
        "div",
        { class: "part" },
        el(
          "div",
          { class: "row between" },
          el("h3", {}, issuer.name),
          !it ? badge("plain", "None signed in advance")
          : it.failing ? badge("bad", "Renewals fail")
          : late || it.backlog ? badge("warn", it.backlog ? "More due than can be signed" : "Behind")
          : badge("good", "On schedule"),
        ),
        facts([
          ["Most overdue", it ? (late ? duration(it.lagSeconds) : "none") : null],
          ["Next planned", it?.ahead ? (it.ahead.next ? time(it.ahead.next) : "none") : null],
          ["Due within an hour", it?.ahead ? due(it.ahead, it.ahead.inHour) : null],
          ["Due within a day", it?.ahead ? due(it.ahead, it.ahead.inDay) : null],
          ["Renewed", it ? count(it.signed) : null],
          ["Failed attempts", it ? count(it.failures) : null],
          ["Responder certificate expires", ends(issuer.signerEnds)],
          ["CA certificate expires", ends(issuer.authorityEnds)],
        ]),
      );
    }),
    facts([
      ["Responses on disk", count(counts.stored)],
      ["Renewals scheduled", count(counts.queued)],
      ["Not stored, disk too slow", counts.dropped ? count(counts.dropped) : null],
      ["Unreadable", counts.unreadable ? count(counts.unreadable) : null],
      ["Age of sent responses", ages(overview.ages)],
    ]),
  ];
}

/** The server counts up to a limit, and then reports how far it counted. */
function due(ahead, number) {
  return ahead.countedTo && number === ahead.inDay
    ? [`${count(number)} or more `, el("span", { class: "quiet" }, `counted until ${utc(ahead.countedTo)}`)]
    : count(number);
}

/** A date, with a warning sign when it is near. */
function ends(text) {
  const days = (Date.parse(text) - Date.now()) / 86_400_000;
  return [days < SOON_DAYS ? shape(days < 2 ? "bad" : "warn") : null, days < SOON_DAYS ? " " : null, ago(text)];
}

function ages(counts) {
  const all = counts.reduce((sum, it) => sum + it, 0);
  if (!all) {
    return null;
  }
  let below = 0;
  const bucket = counts.findIndex((it) => (below += it) >= all / 2);
  return `median below ${duration(2 ** bucket)}`;
}

function feeds(feeds) {
  const spool = feeds.spool;
  return [
    el(
      "div",
      { class: "row between" },
      el("h3", {}, "Spool"),
      spool.watching ? badge(spool.problems.length ? "warn" : "good", spool.problems.length ? "Needs attention" : "Active") : badge("bad", "Stopped"),
    ),
    spool.waiting ? el("p", {}, plural(spool.waiting, "file"), " waiting") : null,
    spool.problems.length ? el("ul", { class: "error" }, spool.problems.map((it) => el("li", {}, it))) : null,
    el("h3", {}, "Recent files"),
    feeds.recent.length
      ? el("ol", { class: "loads" }, feeds.recent.slice(0, 8).map(load))
      : el("p", { class: "quiet" }, "No files since the start. The number of serials includes earlier loads."),
  ];
}

function load(it) {
  const sums = [["added", it.added], ["changed", it.changed], ["unchanged", it.unchanged], ["rejected", it.refused], ["in conflict", it.conflicts], ["with a warning", it.warnings]]
    .filter(([, number]) => number)
    .map(([word, number]) => `${count(number)} ${word}`);
  const kind = it.refusedFile ? "bad" : it.refused || it.conflicts ? "warn" : "good";
  return el(
    "li",
    {},
    el("div", { class: "row between" }, el("span", { class: "file" }, it.file), badge(kind, it.refusedFile ? "Rejected" : kind === "warn" ? "Loaded in part" : "Loaded")),
    el("p", { class: "quiet" }, it.feed, " · ", sums.join(", ") || (it.refusedFile ? "nothing loaded" : "no records"), " · ", ago(it.at)),
    it.refusedFile ? el("p", { class: "error" }, it.refusedFile) : null,
    it.reports.length
      ? el("details", { "data-key": `reports ${it.at} ${it.file}` }, el("summary", { "data-key": `reports of ${it.at} ${it.file}` }, "Messages"), el("ul", {}, it.reports.map((report) => el("li", {}, report))))
      : null,
  );
}

/** States of a log follower, by their names in the API. */
const LOG_STATES = {
  starting: ["plain", "Starting"],
  catching_up: ["plain", "Catching up"],
  following: ["good", "Following"],
  silent: ["warn", "Does not respond"],
  doubted: ["warn", "Invalid response, retrying"],
  stale: ["warn", "Tree head too old"],
  failing: ["bad", "Failing"],
  stopped: ["bad", "Stopped"],
};

function logs(logs) {
  if (!logs.length) {
    return el("p", { class: "quiet" }, "No logs are followed. Configure them under watch.logs or watch.lists.");
  }
  return logs.map((it) =>
    el(
      "div",
      { class: "part" },
      el("div", { class: "row between" }, el("h3", {}, it.name), badge(...(LOG_STATES[it.state] ?? ["plain", sentence(it.state)]))),
      facts([
        ["Entries read", `${count(it.place)} of ${count(it.headSize)}`],
        ["Newest tree head", it.headAt ? ago(it.headAt) : null],
      ]),
      it.problem ? el("p", { class: "error" }, it.problem) : null,
    ),
  );
}

function audit(audit) {
  return [
    el(
      "div",
      { class: "row between" },
      el("p", {}, audit.checkedAt ? ["Verified ", ago(audit.checkedAt)] : "Not verified yet"),
      audit.problems.length ? badge("bad", "Damaged or changed") : audit.checkedAt ? badge("good", "Intact") : badge("plain", "Verification in progress"),
    ),
    audit.problems.length ? el("ul", { class: "error" }, audit.problems.map((it) => el("li", {}, it))) : null,
    audit.books.map((it) =>
      el(
        "div",
        { class: "part" },
        el("h3", {}, it.name),
        facts([
          ["Records", count(it.records)],
          ["Last checkpoint", it.sealedAt ? time(it.sealedAt) : "before this start"],
          ["Root", el("code", { class: "hash" }, it.root)],
        ]),
      ),
    ),
  ];
}
