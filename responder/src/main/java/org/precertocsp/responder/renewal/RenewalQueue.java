package org.precertocsp.responder.renewal;

import java.time.Instant;
import java.util.List;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.answer.PresignMode;

/// The renewal queue, on disk beside the responses. Each issuer's queue has one user at a time;
/// otherwise thread-safe. Every call may block on disk and throws
/// [org.precertocsp.responder.status.StoreException].
public interface RenewalQueue {
    /// Sets what is signed in advance for an issuer; remembered until changed, also by processes
    /// that only load. If every serial is to have a response from now on, those assigned before
    /// become due, too; if none, stored responses are deleted.
    void presign(IssuerKey issuer, PresignMode presign);

    /// The most urgent entries, earliest first within an urgency; returned again until they are
    /// settled. If many changed ones are due, every fourth is a planned one.
    ///
    /// @param now no response is planned before it from now on
    List<DueRenewal> due(IssuerKey issuer, Instant now, int limit);

    /// Planned times after `now`, earliest first.
    List<Instant> planned(IssuerKey issuer, Instant now, int limit);

    /// Writes results together. If they are lost in a crash, they are due again.
    ///
    /// @param settled for entries that [#due] returned last, each at most once
    void settle(IssuerKey issuer, List<RenewalResult> settled);
}
