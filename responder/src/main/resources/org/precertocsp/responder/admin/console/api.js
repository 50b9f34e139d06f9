// The API behind the page. The browser sends the reader's certificate by itself.

/** A refusal, in words for people. */
export class Refused extends Error {
  constructor(title, detail, status) {
    super(detail || title);
    this.title = title;
    this.status = status;
  }
}

const PATIENCE_MILLIS = 20_000;

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(`/v1/${path}`, { ...options, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MILLIS) });
  } catch {
    throw new Refused("The server does not answer", "It may be restarting, or the way to it is cut. This page goes on trying.", 0);
  }
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.includes("json")) {
    throw new Refused("The server answered with something else", `HTTP ${response.status}, ${type || "no content type"}`, response.status);
  }
  const body = await response.json();
  if (!response.ok) {
    const place = [body.field && `field ${body.field}`, body.rule && `rule ${body.rule}`].filter(Boolean).join(", ");
    throw new Refused(body.title, place ? `${body.detail} (${place})` : body.detail, response.status);
  }
  return body;
}

export const get = (path) => ask(path);

export const post = (path, value) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) });

export const postOctets = (path, octets) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: octets });
