// Begins here: which view is shown, what is asked for it, and how often.

import { byId, el, shape } from "./dom.js";
import { Refused, get } from "./api.js";
import { listenForAcknowledgements, showAlerts } from "./alerts.js";
import { listenForQuestions, offerIssuers } from "./lookup.js";
import { showOverview } from "./overview.js";
import { ago, tick, utc } from "./words.js";

const EVERY_MILLIS = 5_000;
const VIEWS = ["overview", "lookup"];

let roles = [];
let shownView = "";
let asking = false;

const say = (text) => {
  byId("said").textContent = text;
};

function fail(error) {
  const place = byId("trouble");
  const title = error instanceof Refused ? error.title : error ? "That did not work" : "";
  const text = error ? `${title}: ${error.message}` : "";
  if (place.textContent !== text) {
    place.replaceChildren(...(error ? [el("div", { class: "verdict bad" }, shape("bad"), el("p", {}, el("strong", {}, `${title}: `), error.message))] : []));
  }
}

const mayRead = () => roles.includes("viewer") || roles.includes("operator");

async function refresh() {
  if (asking || shownView !== "overview" || document.hidden || !mayRead()) {
    return;
  }
  asking = true;
  try {
    const [overview, alerts] = await Promise.all([get("overview"), get("alerts")]);
    if (shownView === "overview") {
      fail(null);
    }
    showOverview(overview, alerts.open);
    showAlerts(alerts, roles.includes("operator"));
    byId("updated").replaceChildren("As of ", utc(overview.at), "; running since ", ago(overview.startedAt));
    document.title = alerts.open.length ? `(${alerts.open.length}) precert-ocsp` : "precert-ocsp";
  } catch (e) {
    fail(e);
  } finally {
    asking = false;
  }
}

/** #overview, #lookup, or #lookup/issuer/serial */
function route(lookUp) {
  const [name, issuer, serial] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const view = VIEWS.includes(name) ? name : VIEWS[0];
  if (view !== shownView) {
    shownView = view;
    fail(null);
    for (const each of VIEWS) {
      byId(`${each}-view`).hidden = each !== view;
    }
    for (const link of document.querySelectorAll("nav a")) {
      if (link.hash === `#${view}`) {
        link.setAttribute("aria-current", "page");
      } else {
        link.removeAttribute("aria-current");
      }
    }
  }
  if (!mayRead()) {
    fail(new Refused("Not for this role", `${roles.join(", ") || "no role"}: reading takes the role viewer or operator`, 403));
  } else if (view === "overview") {
    refresh();
  } else if (serial) {
    lookUp(issuer, serial);
  }
}

async function start() {
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  const lookUp = listenForQuestions(say, fail);
  listenForAcknowledgements((words) => {
    say(words);
    refresh();
  });
  try {
    const caller = await get("caller");
    roles = caller.roles;
    byId("who").replaceChildren(caller.name, " ", el("span", { class: "quiet" }, roles.join(", ")));
    if (mayRead()) {
      await offerIssuers();
    }
  } catch (e) {
    fail(e);
    setTimeout(() => location.reload(), EVERY_MILLIS);
    return;
  }
  addEventListener("hashchange", () => route(lookUp));
  document.addEventListener("visibilitychange", refresh);
  route(lookUp);
  setInterval(refresh, EVERY_MILLIS);
  setInterval(tick, 1_000);
}

start();
