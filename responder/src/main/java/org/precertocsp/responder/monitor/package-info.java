/// Judges any OCSP responder from outside: `check` rule by rule, `reconcile` serial by serial.
///
/// `check` starts at `CheckRunner`: for each certificate it opens a `CheckSession` with the
/// responder that the certificate names, and `ResponderChecker` sends the requests and applies the
/// rules. Each class named `…Rules` judges one subject (availability, signer, times, encoding, HTTP
/// fields, nonces, unassigned serials) and adds a `RuleResult` for each `CheckRule`; the reports
/// print them as text, JSON, JUnit XML or metrics.
///
/// `reconcile` starts at `Reconciliation`: it walks the serials that logs, files, CRLs and the
/// store know in one order, asks the server about each, and lists every `ReconcileDifference`.
///
/// The hard idea is that a judge must neither correct what it sees nor blame the wrong one. So
/// requests are sent byte by byte by `RawHttpClient`, since ordinary HTTP clients normalise them,
/// and responses are parsed without repairing them. A request that failed is sent again, and
/// between the attempts one that is known to work: only a responder that still answers the second
/// is blamed for the first. One class, `ResponseValidator`, decides for both commands whether a
/// strict client would accept an answer.
///
/// It knows a responder over the wire only; `reconcile` also reads the store, which it never
/// changes.
@NullMarked
package org.precertocsp.responder.monitor;

import org.jspecify.annotations.NullMarked;
