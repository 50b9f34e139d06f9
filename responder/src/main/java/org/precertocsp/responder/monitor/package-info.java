/// Evaluates any OCSP responder from outside: `check` rule by rule, `reconcile` serial by serial.
///
/// `check` starts at `CheckRunner`: for each certificate it opens a `CheckSession` with the
/// responder that the certificate names, and `ResponderChecker` sends the requests and applies the
/// rules. Each class named `…Rules` checks one subject (availability, signer, times, encoding, HTTP
/// fields, nonces, unassigned serials) and adds a `RuleResult` for each `CheckRule`; the reports
/// print them as text, JSON, JUnit XML or metrics.
///
/// `reconcile` starts at `Reconciliation`: it walks the serials that logs, files, CRLs and the
/// store know in one order, requests each from the server, and lists every `ReconcileDifference`.
///
/// The hard idea is that a check must neither correct its input nor blame the wrong cause. So
/// requests are sent byte by byte by `RawHttpClient`, since ordinary HTTP clients normalise them,
/// and responses are parsed without repairing them. A request that failed is sent again, and
/// between the attempts one that is known to work: only if the responder still answers the second
/// does the failure of the first count. One class, `ResponseValidator`, decides for both commands
/// whether a strict client would accept an answer.
///
/// The package knows a responder over the network only; `reconcile` also reads the store, which it
/// never changes.
@NullMarked
package org.precertocsp.responder.monitor;

import org.jspecify.annotations.NullMarked;
