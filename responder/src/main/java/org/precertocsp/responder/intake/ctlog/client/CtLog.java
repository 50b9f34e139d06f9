package org.precertocsp.responder.intake.ctlog.client;

import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.ctlog.entry.EntryPage;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.TreeHead;
import org.precertocsp.responder.intake.ctlog.head.UntrustedHead;

/// A client of one log, for either API. Everything except the head is an unproven claim, which the
/// caller verifies against the head. All methods block on the network; thread-safe.
public interface CtLog {
    /// The newest head, with its signature verified.
    ///
    /// @throws UntrustedHead it is not signed by the log's key
    TreeHead head() throws UntrustedHead, LogUnavailable, InterruptedException;

    /// Entries from `from` on, at least one, at most up to `to`, exclusive.
    ///
    /// @param head of the tree; `to` is not beyond it
    EntryPage entries(Range range, TreeHead head, OurIssuers ours)
            throws LogUnavailable, MalformedAnswer, InterruptedException;

    /// Consecutive entries.
    ///
    /// @param to exclusive
    record Range(long from, long to) {}

    /// The proof that the tree of `size` entries is the beginning of the head's tree.
    List<Octets> consistency(long size, TreeHead head)
            throws LogUnavailable, MalformedAnswer, InterruptedException;

    /// Roots of the perfect subtrees that make up the first `size` entries, largest first.
    ///
    /// @param size below the head's
    List<Octets> edge(long size, TreeHead head)
            throws LogUnavailable, MalformedAnswer, InterruptedException;

    /// DER of the certificate with this SHA-256 in the chains of entries; empty if the log has
    /// none.
    Optional<Octets> issuer(Octets sha256) throws LogUnavailable, InterruptedException;

    /// Recommended number of entries per request, which begin at multiples of it.
    int pageSize();
}
