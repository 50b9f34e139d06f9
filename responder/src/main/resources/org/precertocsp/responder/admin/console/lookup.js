// One certificate: its state, why, since when, and what a client is told now.

import { badge, byId, el, facts, shape } from "./dom.js";
import { get, post, postOctets } from "./api.js";
import { ago, count, span, time, utc } from "./words.js";

const DER_SEQUENCE = 0x30;
const SERIAL = /^(serial\s*[=:]\s*)?(0x)?[0-9a-f][0-9a-f:\s-]*$/i;
const MAX_SERIAL = 64;
const MAX_FILE = 1 << 20;

/** @param said what was found, for those who listen; @param failed an error, for those who see */
export function listenForQuestions(said, failed) {
  const run = async (asking) => {
    byId("found").setAttribute("aria-busy", "true");
    try {
      const lookup = await asking();
      failed(null);
      present(lookup);
      said(spoken(lookup));
    } catch (e) {
      byId("found").replaceChildren();
      failed(e);
    } finally {
      byId("found").removeAttribute("aria-busy");
    }
  };
  byId("question").addEventListener("submit", (event) => {
    event.preventDefault();
    run(() => askText(byId("asked").value));
  });
  byId("asked").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      byId("question").requestSubmit();
    }
  });
  const file = (chosen) => run(() => askFile(chosen));
  byId("file").addEventListener("change", () => {
    if (byId("file").files.length) {
      file(byId("file").files[0]);
      byId("file").value = "";
    }
  });
  listenForDrops(file);
  return (issuer, serial) => {
    byId("asked").value = serial;
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

async function askText(text) {
  const asked = text.trim();
  if (!asked) {
    byId("asked").focus();
    throw new Error("Paste a certificate, a precertificate or a serial first.");
  }
  if (asked.length <= MAX_SERIAL && SERIAL.test(asked)) {
    const issuer = byId("issuer").value;
    return post("lookups", { serial: asked.replace(/^serial\s*[=:]\s*/i, ""), ...(issuer ? { issuer } : {}) });
  }
  return post("lookups", { certificate: asked });
}

async function askFile(file) {
  if (file.size > MAX_FILE) {
    throw new Error(`${file.name} is no certificate: it has ${count(file.size)} octets.`);
  }
  const octets = new Uint8Array(await file.arrayBuffer());
  if (octets[0] === DER_SEQUENCE) {
    byId("asked").value = "";
    return postOctets("lookups", octets);
  }
  byId("asked").value = new TextDecoder().decode(octets);
  return askText(byId("asked").value);
}

export async function offerIssuers() {
  const issuers = (await get("issuers")).issuers;
  if (issuers.length > 1) {
    byId("issuer").append(...issuers.map((it) => el("option", { value: it.name }, it.name)));
    byId("issuer-choice").hidden = false;
  }
}

const STATES = {
  good: ["good", "Good", "It is assigned and not revoked."],
  revoked: ["bad", "Revoked", "It is assigned and revoked."],
  announced: ["warn", "Announced", "It was chosen for a precertificate that nobody has brought yet: clients are told to try later."],
  unassigned: ["plain", "Unassigned", "No precertificate or certificate with it was ever brought here."],
};

const spoken = (lookup) => lookup.found.map((it) => `Serial ${it.status.serial} of ${it.status.issuer} is ${it.status.state}`).join(". ");

function present(lookup) {
  byId("found").replaceChildren(...lookup.found.map((it) => result(it, lookup.document)));
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
      { class: `verdict ${kind}` },
      shape(kind),
      el("div", {}, el("h2", { class: "words" }, word), el("p", {}, revocation(status) ?? meaning)),
    ),
    el(
      "div",
      { class: "cards" },
      card("What was asked about", about(status, document)),
      card("Timeline", timeline(found)),
      card("What a client is told now", told(found.answer)),
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

function about(status, document) {
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
      ? el("p", {}, document.known ? badge("good", "This very document is among the evidence") : badge("plain", "This very document was never brought here"))
      : null,
    document?.warnings.length ? el("ul", { class: "trouble" }, document.warnings.map((it) => el("li", {}, it))) : null,
  ];
}

const SHOWN = { good: ["good", "good"], revoked: ["bad", "revoked"], unknown: ["plain", "unknown"] };

function told(answer) {
  const response = answer.response;
  if (!response) {
    return [
      el("p", {}, badge("plain", answer.status), " unsigned"),
      answer.why ? el("p", {}, `Because: ${answer.why}.`) : null,
      el("p", { class: "quiet" }, "Asked ", ago(answer.at)),
    ];
  }
  const life = response.nextUpdate ? (Date.parse(response.nextUpdate) - Date.parse(response.thisUpdate)) / 1000 : null;
  return [
    el("p", {}, badge(...SHOWN[response.certStatus]), " signed", life ? `, speaks for ${span(life)}` : ""),
    facts([
      ["Revoked", response.revokedAt ? [time(response.revokedAt), ` ${response.reason ?? "no reason given"}`] : null],
      ["This update", response.thisUpdate ? time(response.thisUpdate) : null],
      ["Next update", response.nextUpdate ? time(response.nextUpdate) : "none"],
      ["Renewed by", response.renewal ? time(response.renewal) : null],
      ["Produced", response.producedAt ? time(response.producedAt) : null],
      ["Responder ID", el("span", { class: "breakable" }, response.responder)],
      ["Signed with", response.algorithm],
      ["Certificate in it", response.signers.length ? response.signers.join("; ") : "none: the issuer itself signs"],
      ["CertID hash", response.hash],
    ]),
    el(
      "details",
      {},
      el("summary", {}, `The response as base64 (${count(response.octets)} octets)`),
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
    button.textContent = "The browser does not permit it";
  }
}

function timeline({ status, answer }) {
  const events = [];
  const add = (at, what, detail) => at && events.push({ at, what, detail });
  add(status.announcedAt, "Announced", "clients are told to try later");
  const first = status.evidence[0];
  if (first) {
    add(first.source.takenIn, `Taken in: ${first.by}`, `from ${source(first.source)}; answered from here on`);
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
  add(answer.response?.producedAt, "Answer signed", "the one handed out now");
  add(answer.response?.nextUpdate, "That answer ends", null);
  add(status.notAfter, "Certificate ends", null);
  if (!events.length) {
    return el("p", { class: "quiet" }, "Nothing has happened to it.");
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
        ["Brought by", el("span", { class: "breakable" }, source(it.source))],
        ["Taken in", time(it.source.takenIn)],
        ["Document, SHA-256", it.documentSha256 ? hash(it.documentSha256) : null],
        ["File, SHA-256", hash(it.source.sha256)],
      ]),
    );
  return [
    status.evidence.map((it) => piece(it.by, it, document && it.documentSha256 === document.sha256 ? ["good", "this document"] : null)),
    status.conflicts.map((it) => piece(`conflict: ${it.why}`, it, ["warn", "in conflict"])),
  ];
}
