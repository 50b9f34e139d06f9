package org.precertocsp.responder.freshness;

import java.time.Instant;
import java.util.List;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.answer.Presign;

/// What must be renewed and when, on disk beside the responses. Each issuer's queue has one user at
/// a time; apart from that thread-safe. Every call may block on disk and throws
/// [org.precertocsp.responder.status.StoreFailure].
public interface RenewalStore {
    /// Says what is to be signed ahead for an issuer; remembered until said otherwise, also by
    /// programs that only load. Where every serial is to have a response from now on, those
    /// assigned before become due too; where none, those stored are forgotten.
    void presign(IssuerKey issuer, Presign presign);

    /// The most urgent, earliest first within an urgency; the same again until they are settled. In
    /// front of many changed ones, every fourth is a planned one, if any is due.
    ///
    /// @param now no response is planned behind it from here on
    List<DueRenewal> due(IssuerKey issuer, Instant now, int limit);

    /// Planned times behind `now`, earliest first.
    List<Instant> planned(IssuerKey issuer, Instant now, int limit);

    /// Writes results together. Lost with the machine at worst: then they are due again.
    ///
    /// @param settled of what [#due] returned last, each at most once
    void settle(IssuerKey issuer, List<Settled> settled);
}
