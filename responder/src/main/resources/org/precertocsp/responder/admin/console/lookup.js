// One certificate: status, evidence, history, and the current response.

import { badge, byId, el, facts, shape } from "./dom.js";
import { get, post, postBytes } from "./api.js";
import { ago, count, duration, time, utc } from "./format.js";

const DER_SEQUENCE = 0x30;
const SERIAL = /^(serial\s*[=:]\s*)?(0x)?[0-9a-f][0-9a-f:\s-]*$/i;
const MAX_SERIAL = 64;
const MAX_FILE = 1 << 20;

/** @param announce called with the result for screen readers; @param showError with an error, or null */
export function listenForLookups(announce, showError) {
  const run = async (lookUp) => {
    byId("results").setAttribute("aria-busy", "true");
    try {
      const lookup = await lookUp();
      showError(null);
      showResults(lookup);
      announce(summary(lookup));
    } catch (e) {
      byId("results").replaceChildren();
      showError(e);
    } finally {
      byId("results").removeAttribute("aria-busy");
    }
  };
  byId("lookup-form").addEventListener("submit", (event) => {
    event.preventDefault();
    run(() => lookUpText(byId("query").value));
  });
  byId("query").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      byId("lookup-form").requestSubmit();
    }
  });
  const file = (chosen) => run(() => lookUpFile(chosen));
  byId("file").addEventListener("change", () => {
    if (byId("file").files.length) {
      file(byId("file").files[0]);
      byId("file").value = "";
    }
  });
  listenForDrops(file);
  return (issuer, serial) => {
    byId("query").value = serial;
    run(() => post("lookups", { serial, issuer }));
  };
}

function listenForDrops(file) {
  const view = byId("lookup-view");
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    view.classList.toggle("dropping", !view.hidden);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) {
      view.classList.remove("dropping");
    }
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    view.classList.remove("dropping");
    if (!view.hidden && event.dataTransfer.files.length) {
      file(event.dataTransfer.files[0]);
    }
  });
}

async function lookUpText(text) {
  const query = text.trim();
  if (!query) {
    byId("query").focus();
    throw new Error("Paste a certificate, a precertificate or a serial first.");
  }
  if (query.length <= MAX_SERIAL && SERIAL.test(query)) {
    const issuer = byId("issuer").value;
    return post("lookups", { serial: query.replace(/^serial\s*[=:]\s*/i, ""), ...(issuer ? { issuer } : {}) });
  }
  return post("lookups", { certificate: query });
}

async function lookUpFile(file) {
  if (file.size > MAX_FILE) {
    throw new Error(`${file.name} is too large for a certificate: ${count(file.size)} bytes.`);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === DER_SEQUENCE) {
    byId("query").value = "";
    return postBytes("lookups", bytes);
  }
  byId("query").value = new TextDecoder().decode(bytes);
  return lookUpText(byId("query").value);
}

export async function offerIssuers() {
  const issuers = (await get("issuers")).issuers;
  if (issuers.length > 1) {
    byId("issuer").append(...issuers.map((it) => el("option", { value: it.name }, it.name)));
    byId("issuer-choice").hidden = false;
  }
}

const STATES = {
  good: ["good", "Good", "Assigned and not revoked."],
  revoked: ["bad", "Revoked", "Assigned and revoked."],
  announced: ["warn", "Announced", "Announced, but its precertificate was not submitted yet. Clients get tryLater."],
  unassigned: ["plain", "Unassigned", "No precertificate or certificate with this serial was ever loaded."],
};

const summary = (lookup) => lookup.found.map((it) => `Serial ${it.status.serial} of ${it.status.issuer} is ${it.status.state}`).join(". ");

function showResults(lookup) {
  byId("results").replaceChildren(...lookup.found.map((it) => result(it, lookup.document)));
  const only = lookup.found.length === 1 ? lookup.found[0].status : null;
  if (only) {
    history.replaceState(null, "", `#lookup/${encodeURIComponent(only.issuer)}/${only.serial}`);
  }
}

function result(found, document) {
  const status = found.status;
  const [kind, word, meaning] = STATES[status.state];
  return el(
    "article",
    { class: "result", "aria-label": `Serial ${status.serial} of ${status.issuer}` },
    el(
      "div",
      { class: `banner ${kind}` },
      shape(kind),
      el("div", {}, el("h2", { class: "headline" }, word), el("p", {}, revocation(status) ?? meaning)),
    ),
    el(
      "div",
      { class: "cards" },
      card("Certificate", certificate(status, document)),
      card("Timeline", timeline(found)),
      card("Response sent to clients", sentResponse(found.answer)),
      card("Evidence", evidence(status, document)),
    ),
  );
}

const card = (title, ...content) => el("section", { class: "card" }, el("h2", {}, title), content);

function revocation(status) {
  const it = status.revocation;
  return it ? `Revoked on ${utc(it.at)}, reason ${it.reason}${it.invalidityDate ? `, invalid since ${utc(it.invalidityDate)}` : ""}.` : null;
}

const hash = (text) => el("code", { class: "hash" }, text);

const KEY_HASH = "key hash ";

/** A key hash or a name. */
const responderId = (text) =>
  text.startsWith(KEY_HASH) ? [KEY_HASH, hash(text.slice(KEY_HASH.length))] : el("span", { class: "breakable" }, text);

function certificate(status, document) {
  return [
    facts([
      ["Serial", hash(status.serial)],
      ["Issuer", status.issuer],
      document && ["Document", document.kind],
      document && ["Subject", document.subject || "(empty)"],
      document && ["Issued by", document.issuer],
      document && ["Valid from", time(document.notBefore)],
      ["Valid until", document ? time(document.notAfter) : status.notAfter ? time(status.notAfter) : null],
      document && ["SHA-256", hash(document.sha256)],
    ]),
    document
      ? el("p", {}, document.known ? badge("good", "This document is part of the evidence") : badge("plain", "This document was never loaded"))
      : null,
    document?.warnings.length ? el("ul", { class: "error" }, document.warnings.map((it) => el("li", {}, it))) : null,
  ];
}

const CERT_STATUS = { good: ["good", "good"], revoked: ["bad", "revoked"], unknown: ["plain", "unknown"] };

function sentResponse(answer) {
  const response = answer.response;
  if (!response) {
    return [
      el("p", {}, badge("plain", answer.status), " unsigned"),
      answer.why ? el("p", {}, `Reason: ${answer.why}.`) : null,
      el("p", { class: "quiet" }, "Looked up ", ago(answer.at)),
    ];
  }
  const life = response.nextUpdate ? (Date.parse(response.nextUpdate) - Date.parse(response.thisUpdate)) / 1000 : null;
  return [
    el("p", {}, badge(...CERT_STATUS[response.certStatus]), " signed", life ? `, valid for ${duration(life)}` : ""),
    facts([
      ["Revoked", response.revokedAt ? [time(response.revokedAt), ` ${response.reason ?? "no reason given"}`] : null],
      ["This update", response.thisUpdate ? time(response.thisUpdate) : null],
      ["Next update", response.nextUpdate ? time(response.nextUpdate) : "none"],
      ["Renewal due", response.renewal ? time(response.renewal) : null],
      ["Produced", response.producedAt ? time(response.producedAt) : null],
      ["Responder ID", responderId(response.responder)],
      ["Signature algorithm", response.algorithm],
      ["Included certificate", response.signers.length ? response.signers.join("; ") : "none (signed by the issuer)"],
      ["CertID hash", response.hash],
    ]),
    el(
      "details",
      {},
      el("summary", {}, `Response as base64 (${count(response.octets)} bytes)`),
      el("pre", { tabindex: "0", class: "raw" }, response.base64.replace(/(.{64})/g, "$1\n")),
      el("button", { type: "button", click: (event) => copy(event.currentTarget, response.base64) }, "Copy"),
    ),
  ];
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser does not allow it";
  }
}

function timeline({ status, answer }) {
  const events = [];
  const add = (at, what, detail) => at && events.push({ at, what, detail });
  add(status.announcedAt, "Announced", "clients get tryLater");
  const first = status.evidence[0];
  if (first) {
    add(first.source.takenIn, `Loaded: ${first.by}`, `from ${source(first.source)}; answered since then`);
  }
  for (const it of status.history) {
    add(it.at, it.what, `from ${source(it.source)}`);
  }
  if (status.revocation) {
    add(status.revocation.at, "Revoked as of", status.revocation.reason);
  }
  for (const it of status.conflicts) {
    add(it.source.takenIn, `Conflict: ${it.why}`, `from ${source(it.source)}`);
  }
  add(answer.response?.producedAt, "Response signed", "the current response");
  add(answer.response?.nextUpdate, "Current response expires", null);
  add(status.notAfter, "Certificate expires", null);
  if (!events.length) {
    return el("p", { class: "quiet" }, "No events.");
  }
  events.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return el(
    "ol",
    { class: "timeline" },
    events.map((it) =>
      el(
        "li",
        { class: Date.parse(it.at) > Date.now() ? "future" : null },
        el("p", { class: "what" }, it.what),
        it.detail ? el("p", { class: "breakable" }, it.detail) : null,
        el("p", {}, time(it.at)),
      ),
    ),
  );
}

const source = (it) => `${it.kind}, ${it.name}`;

function evidence(status, document) {
  if (!status.evidence.length && !status.conflicts.length) {
    return el("p", { class: "quiet" }, "None.");
  }
  const piece = (heading, it, kind) =>
    el(
      "div",
      { class: "part evidence" },
      el("h3", {}, heading, " ", kind ? badge(...kind) : null),
      facts([
        ["Source", el("span", { class: "breakable" }, source(it.source))],
        ["Loaded", time(it.source.takenIn)],
        ["Document, SHA-256", it.documentSha256 ? hash(it.documentSha256) : null],
        ["File, SHA-256", hash(it.source.sha256)],
      ]),
    );
  return [
    status.evidence.map((it) => piece(it.by, it, document && it.documentSha256 === document.sha256 ? ["good", "this document"] : null)),
    status.conflicts.map((it) => piece(`conflict: ${it.why}`, it, ["warn", "in conflict"])),
  ];
}
