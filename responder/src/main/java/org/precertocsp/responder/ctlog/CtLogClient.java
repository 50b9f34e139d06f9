package org.precertocsp.responder.ctlog;

import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// A client of one log, for either API. Everything except the head is an unproven claim, which the
/// caller verifies against the head. All methods block on the network; thread-safe.
public interface CtLogClient {
    /// The newest head, with its signature verified.
    ///
    /// @throws UntrustedTreeHeadException it is not signed by the log's key
    LogTreeHead head()
            throws UntrustedTreeHeadException, LogUnavailableException, InterruptedException;

    /// Entries from `from` on, at least one, at most up to `to`, exclusive.
    ///
    /// @param head of the tree; `to` is not beyond it
    EntryPage entries(Range range, LogTreeHead head, IssuerFilter ours)
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException;

    /// Consecutive entries.
    ///
    /// @param to exclusive
    record Range(long from, long to) {}

    /// The proof that the tree of `size` entries is the beginning of the head's tree.
    List<ByteString> consistency(long size, LogTreeHead head)
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException;

    /// Roots of the perfect subtrees that make up the first `size` entries, largest first.
    ///
    /// @param size below the head's
    List<ByteString> edge(long size, LogTreeHead head)
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException;

    /// DER of the certificate with this SHA-256 in the chains of entries; empty if the log has
    /// none.
    Optional<ByteString> issuer(ByteString sha256)
            throws LogUnavailableException, InterruptedException;

    /// Recommended number of entries per request, which begin at multiples of it.
    int pageSize();
}
