// Requests to the API. The browser adds the user's client certificate.

/** A request that failed, with a message for the user. */
export class ApiError extends Error {
  constructor(title, detail, status) {
    super(detail || title);
    this.title = title;
    this.status = status;
  }
}

const TIMEOUT_MILLIS = 20_000;

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(`/v1/${path}`, { ...options, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MILLIS) });
  } catch {
    throw new ApiError("The server does not respond", "It may be restarting, or the network connection is interrupted. This page retries.", 0);
  }
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.includes("json")) {
    throw new ApiError("Unexpected response", `HTTP ${response.status}, ${type || "no content type"}`, response.status);
  }
  const body = await response.json();
  if (!response.ok) {
    const place = [body.field && `field ${body.field}`, body.rule && `rule ${body.rule}`].filter(Boolean).join(", ");
    throw new ApiError(body.title, place ? `${body.detail} (${place})` : body.detail, response.status);
  }
  return body;
}

export const get = (path) => request(path);

export const post = (path, value) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) });

export const postBytes = (path, bytes) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: bytes });
