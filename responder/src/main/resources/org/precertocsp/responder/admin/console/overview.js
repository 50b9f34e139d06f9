// The running server at a glance.

import { badge, byId, el, facts, shape, show } from "./dom.js";
import { bars, lines } from "./charts.js";
import { ago, count, micros, octets, plural, rate, sentence, span, time, utc } from "./words.js";

const SHORTEST_MILLIS = 2 * 60 * 1000;
const SOON_DAYS = 14;
const ACCESS = {
  loop: "answered at once, from memory",
  memory: "from memory",
  disk: "from disk, signed ahead",
  signer: "from the store, signed or refused when asked",
};

/** @param alerts open ones */
export function showOverview(overview, alerts) {
  const troubles = [
    ...overview.health.filter((it) => it.problem).map((it) => `${it.name}: ${it.problem}`),
    ...overview.audit.problems.map((it) => `audit log: ${it}`),
  ];
  show(byId("verdict"), [troubles, alerts, overview.health.map((it) => it.name)], () => verdict(overview, troubles, alerts));
  show(byId("tiles"), [overview.moments, overview.store.serials, overview.responses], () => tiles(overview));
  cards(overview);
}

function verdict(overview, troubles, alerts) {
  const kind = troubles.length ? "bad" : alerts.length ? "warn" : "good";
  const words =
    troubles.length ? "Not everything works"
    : alerts.length ? `Everything answers; ${plural(alerts.length, "alert")} for somebody to take up`
    : "Everything answers";
  return el(
    "div",
    { class: `verdict ${kind}` },
    shape(kind),
    el(
      "div",
      {},
      el("p", { class: "words" }, words),
      troubles.length
        ? el("ul", {}, troubles.map((it) => el("li", {}, it)))
        : el("p", { class: "quiet" }, `Checked: ${overview.health.map((it) => it.name).join(", ")}, audit log`),
    ),
  );
}

const last = (moments, value) => (moments.length ? value(moments.at(-1)) : null);

function tiles(overview) {
  const moments = overview.moments;
  const points = moments.map((it) => Date.parse(it.at));
  const per = (what) => (it) => it[what] / it.seconds;
  const reach = Math.max(SHORTEST_MILLIS, points.length ? points.at(-1) - points[0] : 0);
  const past = `last ${span(reach / 1000)}`;
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
    tile("Latency", latest ? micros(latest.p99Micros) : "–", latest ? "for 99 of 100" : "nobody asked yet", graph(`Latency: 99 of 100 replies took less than ${micros(latest?.p99Micros)} when last measured`, [
      { css: "two", values: moments.map((it) => it.p99Micros ?? null) },
      { css: "one", values: moments.map((it) => it.p50Micros ?? null) },
    ]), [["two", "99 of 100"], ["one", `half: ${micros(latest?.p50Micros)}`]]),
    tile("Signatures", rate(now.signed), "per second", graph(`Signatures per second, now ${rate(now.signed)}`, [
      { css: "one", values: moments.map(per("signed")) },
      { css: "three", values: moments.map((it) => it.waiting) },
    ]), [["one", "made"], ["three", "waiting"]]),
    tile("Serials", count(overview.store.serials), "known, about", null, [
      [null, `${count(overview.responses.stored)} responses on disk`],
      [null, `${octets(overview.store.tables)} of tables`],
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
    ["renewal", "Renewal horizon", [overview.issuers, overview.responses], () => renewal(overview)],
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
    return el("p", { class: "quiet" }, "Nobody has asked since the start.");
  }
  const strangers = overview.issuers.filter((it) => it.unassigned?.requests);
  const rows = [...outcomes].sort((a, b) => b[1] - a[1]);
  const layers = overview.layers.map((it, i) => ({
    name: ACCESS[it.name] ?? it.name,
    value: i === 0 || i === overview.layers.length - 1 ? it.asked : Math.max(0, it.asked - overview.layers[i + 1].asked),
  }));
  return [
    bars(rows.map(([outcome, value]) => ({ name: sentence(outcome), value, text: count(value), css: outcome === "answered" ? "one" : "three" }))),
    el("h3", {}, "Where answers came from"),
    bars(layers.filter((it) => it.value).map((it) => ({ ...it, text: count(it.value), css: "two" }))),
    strangers.length ? el("h3", {}, "Asked about serials nobody assigned") : null,
    strangers.map((it) =>
      el("p", {}, `${it.name}: ${count(it.unassigned.requests)} requests `, el("span", { class: "quiet" }, `about ${count(it.unassigned.distinct)} different ones this hour, usually ${count(Math.round(it.unassigned.usual))} requests an hour`)),
    ),
  ];
}

function signing(issuer) {
  const it = issuer.signing;
  const refused = Object.entries(it.refused).filter(([, number]) => number);
  return el(
    "div",
    { class: "part" },
    el("div", { class: "row between" }, el("h3", {}, issuer.name), it.breakerOpen ? badge("bad", "Breaker open: the key rests") : badge("good", "Signing")),
    facts([
      ["In flight", count(it.inFlight)],
      ["Waiting", count(it.waiting)],
      ["Signed", count(it.signed)],
      ["Refused", refused.length ? refused.map(([cause, number]) => `${count(number)} ${cause.replaceAll("_", " ")}`).join(", ") : "none"],
    ], "facts four"),
    it.lastFailure ? el("p", { class: "trouble" }, `Last failure: ${it.lastFailure.what} `, ago(it.lastFailure.at)) : null,
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
          !it ? badge("plain", "Nothing signed ahead")
          : it.failing ? badge("bad", "Renewals fail")
          : late || it.backlog ? badge("warn", it.backlog ? "More due than can be signed" : "Behind")
          : badge("good", "Ahead of every deadline"),
        ),
        facts([
          ["Most overdue", it ? (late ? span(it.lagSeconds) : "nothing") : null],
          ["Next planned", it?.ahead ? (it.ahead.next ? time(it.ahead.next) : "none") : null],
          ["Due within an hour", it?.ahead ? due(it.ahead, it.ahead.inHour) : null],
          ["Due within a day", it?.ahead ? due(it.ahead, it.ahead.inDay) : null],
          ["Renewed", it ? count(it.signed) : null],
          ["Failed attempts", it ? count(it.failures) : null],
          ["Signing certificate ends", ends(issuer.signerEnds)],
          ["CA certificate ends", ends(issuer.authorityEnds)],
        ]),
      );
    }),
    facts([
      ["Responses on disk", count(counts.stored)],
      ["Renewals to come", count(counts.queued)],
      ["Dropped, disk behind", counts.dropped ? count(counts.dropped) : null],
      ["Unreadable", counts.unreadable ? count(counts.unreadable) : null],
      ["Age of what is handed out", ages(overview.ages)],
    ]),
  ];
}

/** Where the server stopped counting, it says how far it came. */
function due(ahead, number) {
  return ahead.countedTo && number === ahead.inDay
    ? [`${count(number)} or more `, el("span", { class: "quiet" }, `so many by ${utc(ahead.countedTo)}`)]
    : count(number);
}

/** A date, with a shape once it is near. */
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
  return `half of them under ${span(2 ** bucket)}`;
}

function feeds(feeds) {
  const spool = feeds.spool;
  return [
    el(
      "div",
      { class: "row between" },
      el("h3", {}, "Spool"),
      spool.watching ? badge(spool.problems.length ? "warn" : "good", spool.problems.length ? "Needs somebody" : "Watched") : badge("bad", "Nobody takes files in"),
    ),
    spool.waiting ? el("p", {}, plural(spool.waiting, "file"), " waiting") : null,
    spool.problems.length ? el("ul", { class: "trouble" }, spool.problems.map((it) => el("li", {}, it))) : null,
    el("h3", {}, "Taken in last"),
    feeds.recent.length
      ? el("ol", { class: "loads" }, feeds.recent.slice(0, 8).map(load))
      : el("p", { class: "quiet" }, "No file since the start. What was loaded before counts among the serials."),
  ];
}

function load(it) {
  const sums = [["added", it.added], ["changed", it.changed], ["unchanged", it.unchanged], ["refused", it.refused], ["in conflict", it.conflicts], ["with a warning", it.warnings]]
    .filter(([, number]) => number)
    .map(([word, number]) => `${count(number)} ${word}`);
  const kind = it.refusedFile ? "bad" : it.refused || it.conflicts ? "warn" : "good";
  return el(
    "li",
    {},
    el("div", { class: "row between" }, el("span", { class: "file" }, it.file), badge(kind, it.refusedFile ? "Refused" : kind === "warn" ? "Taken in part" : "Taken")),
    el("p", { class: "quiet" }, it.feed, " · ", sums.join(", ") || "nothing in it", " · ", ago(it.at)),
    it.refusedFile ? el("p", { class: "trouble" }, it.refusedFile) : null,
    it.reports.length
      ? el("details", { "data-key": `reports ${it.at} ${it.file}` }, el("summary", { "data-key": `reports of ${it.at} ${it.file}` }, "What was found"), el("ul", {}, it.reports.map((report) => el("li", {}, report))))
      : null,
  );
}

const PHASES = { following: "good", starting: "plain", catching_up: "plain", silent: "warn", doubted: "warn", stale: "warn", failing: "bad", stopped: "bad" };

function logs(logs) {
  if (!logs.length) {
    return el("p", { class: "quiet" }, "None is followed: watch.logs in the configuration names them.");
  }
  return logs.map((it) =>
    el(
      "div",
      { class: "part" },
      el("div", { class: "row between" }, el("h3", {}, it.name), badge(PHASES[it.state] ?? "plain", sentence(it.state))),
      facts([
        ["Entries taken in", `${count(it.place)} of ${count(it.headSize)}`],
        ["Newest head", it.headAt ? ago(it.headAt) : null],
      ]),
      it.problem ? el("p", { class: "trouble" }, it.problem) : null,
    ),
  );
}

function audit(audit) {
  return [
    el(
      "div",
      { class: "row between" },
      el("p", {}, audit.checkedAt ? ["Verified ", ago(audit.checkedAt)] : "Not verified yet"),
      audit.problems.length ? badge("bad", "Not as written") : audit.checkedAt ? badge("good", "As written") : badge("plain", "Being verified"),
    ),
    audit.problems.length ? el("ul", { class: "trouble" }, audit.problems.map((it) => el("li", {}, it))) : null,
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
