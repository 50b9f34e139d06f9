package org.precertocsp.responder.intake.ctlog.client;

import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.ctlog.entry.EntryPage;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.TreeHead;
import org.precertocsp.responder.intake.ctlog.head.UntrustedHead;

/// One log, of whichever API. Everything but the head is claims, which the caller proves against
/// it. All methods block on the network; thread-safe.
public interface CtLog {
    /// The newest head, its signature verified.
    ///
    /// @throws UntrustedHead it is not signed by the log's key
    TreeHead head() throws UntrustedHead, LogUnavailable, InterruptedException;

    /// Entries from `from` on, at least one, at most up to `to`, exclusive.
    ///
    /// @param head whose entries they are; `to` is not beyond it
    EntryPage entries(Range range, TreeHead head, OurIssuers ours)
            throws LogUnavailable, MalformedAnswer, InterruptedException;

    /// Entries one after another.
    ///
    /// @param to exclusive
    record Range(long from, long to) {}

    /// What shows that the tree of `size` entries is the beginning of the head's.
    List<Octets> consistency(long size, TreeHead head)
            throws LogUnavailable, MalformedAnswer, InterruptedException;

    /// Roots of the perfect subtrees that the first `size` entries fall into, largest first.
    ///
    /// @param size below the head's
    List<Octets> edge(long size, TreeHead head)
            throws LogUnavailable, MalformedAnswer, InterruptedException;

    /// DER of a certificate that chains of entries name by this SHA-256; empty where the log has
    /// none.
    Optional<Octets> issuer(Octets sha256) throws LogUnavailable, InterruptedException;

    /// Entries worth asking for at once, aligned to multiples of it.
    int pageSize();
}
