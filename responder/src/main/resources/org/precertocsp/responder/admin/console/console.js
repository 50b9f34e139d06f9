// Entry point: selects the view, requests its data, and repeats this.

import { byId, el, shape } from "./dom.js";
import { ApiError, get } from "./api.js";
import { listenForAcknowledgements, showAlerts } from "./alerts.js";
import { listenForLookups, offerIssuers } from "./lookup.js";
import { showOverview } from "./overview.js";
import { ago, updateRelativeTimes, utc } from "./format.js";

const EVERY_MILLIS = 5_000;
const VIEWS = ["overview", "lookup"];

let roles = [];
let shownView = "";
let refreshing = false;

/** For screen readers. */
const announce = (text) => {
  byId("announcement").textContent = text;
};

function showError(error) {
  const place = byId("error");
  const title = error instanceof ApiError ? error.title : error ? "Request failed" : "";
  const text = error ? `${title}: ${error.message}` : "";
  if (place.textContent !== text) {
    place.replaceChildren(...(error ? [el("div", { class: "banner bad" }, shape("bad"), el("p", {}, el("strong", {}, `${title}: `), error.message))] : []));
  }
}

const mayRead = () => roles.includes("viewer") || roles.includes("operator");

async function refresh() {
  if (refreshing || shownView !== "overview" || document.hidden || !mayRead()) {
    return;
  }
  refreshing = true;
  try {
    const [overview, alerts] = await Promise.all([get("overview"), get("alerts")]);
    if (shownView === "overview") {
      showError(null);
    }
    showOverview(overview, alerts.open);
    showAlerts(alerts, roles.includes("operator"));
    byId("updated").replaceChildren("As of ", utc(overview.at), "; started ", ago(overview.startedAt));
    document.title = alerts.open.length ? `(${alerts.open.length}) precert-ocsp` : "precert-ocsp";
  } catch (e) {
    showError(e);
  } finally {
    refreshing = false;
  }
}

/** #overview, #lookup, or #lookup/issuer/serial */
function route(lookUp) {
  const [name, issuer, serial] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const view = VIEWS.includes(name) ? name : VIEWS[0];
  if (view !== shownView) {
    shownView = view;
    showError(null);
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
    showError(new ApiError("Not permitted", `Your role is ${roles.join(", ") || "none"}; reading requires the role viewer or operator.`, 403));
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
  const lookUp = listenForLookups(announce, showError);
  listenForAcknowledgements((message) => {
    announce(message);
    refresh();
  });
  try {
    const caller = await get("caller");
    roles = caller.roles;
    byId("user").replaceChildren(caller.name, " ", el("span", { class: "quiet" }, roles.join(", ")));
    if (mayRead()) {
      await offerIssuers();
    }
  } catch (e) {
    showError(e);
    setTimeout(() => location.reload(), EVERY_MILLIS);
    return;
  }
  addEventListener("hashchange", () => route(lookUp));
  document.addEventListener("visibilitychange", refresh);
  route(lookUp);
  setInterval(refresh, EVERY_MILLIS);
  setInterval(updateRelativeTimes, 1_000);
}

start();
