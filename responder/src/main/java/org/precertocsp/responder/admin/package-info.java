/// The private side of the server: health and metrics for machines, the API for a CA's programs,
/// and the console for people.
///
/// ```
/// HealthServer   plain HTTP: /healthz, /readyz (ReadinessCheck), /metrics
/// ApiServer      HTTPS, plain HTTP or a Unix-domain socket
///   connection limits → Host check → ApiRoutes → RequestAuthorizer → one service per subject
///     ChangeService        /v1/announcements, /v1/revocations …: one change, or a stream of them
///     UploadService        /v1/loads/…: whole files
///     StatusService, ConsoleService, LogLevelService
///   ConsoleAssets  / and its files; the page calls the API with the reader's own role
/// ```
///
/// Start at `ApiRoutes`, which lists every address and the roles that may use it, then
/// `RequestAuthorizer`, which every request passes. `openapi.json` is the contract; a test compares
/// it with the routes and with real replies.
///
/// The hard idea is fairness under attack: revocation must stay possible while strangers or one
/// broken client take all they can get. So connections, requests and uploads each have a limit of
/// their own and a share for each caller (`AdminConnectionLimiter`, `RequestLimiter`,
/// `UploadLimiter`), and a refusal is recorded at most a few times a minute, so that no caller can
/// fill the audit log. Callers are identified by TLS client certificates, verified again for each
/// request, because connections live longer than certificates; the files behind them are reloaded
/// without a restart.
///
/// A change is written to the audit log with the caller's name before it takes effect. Nothing here
/// answers OCSP requests.
@NullMarked
package org.precertocsp.responder.admin;

import org.jspecify.annotations.NullMarked;
