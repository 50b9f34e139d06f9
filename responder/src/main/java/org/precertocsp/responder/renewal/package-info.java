/// Keeps stored responses and signing credentials fresh while the server runs.
///
/// Start at `RenewalService`: one worker per issuer (`IssuerRenewalWorker`) takes the most urgent
/// entries from the renewal queue in the store (`RenewalQueue`), `RenewalRules` decides what to do
/// with each, `RenewalSigner` signs on a small pool, and the results are written as one batch.
///
/// The hard idea is that the queue survives everything. An entry stays in the store until its
/// result is written, so a crash, a failing key or a status that changes while we sign only means
/// that the entry is processed again. A change commits its own entry together with the status, so a
/// revocation is signed anew even if the old response is just being renewed. The store decides the
/// order: revocations, then planned renewals, then serials that have no response yet.
///
/// `RenewalPlan` spreads renewals over time, so that responses signed together are not all due
/// together; `LoadThrottle` makes renewals yield to clients; `RecentRequestFilter` remembers which
/// responses clients requested, so that the others are not renewed.
///
/// `CredentialReloader` reloads keys and certificates when their files change and watches whether
/// each key signs (`KeyHealth`, `KeyFailureAlert`); `ExpiryMonitor` warns before certificates
/// expire.
@NullMarked
package org.precertocsp.responder.renewal;

import org.jspecify.annotations.NullMarked;
