package org.precertocsp.responder.status;

import java.util.List;
import org.precertocsp.der.ByteString;

/// A node's store as it was at one moment, read at leisure while it changes. Not thread-safe.
public interface FrozenRows extends AutoCloseable {
    /// Of the row that gives the issuers their numbers, which are from 1 on.
    int ISSUERS = 0;

    /// The rows of one issuer, in the order of their keys, in brief. Equal on nodes that have equal
    /// rows.
    ///
    /// @param issuer its number in the keys of rows, or [#ISSUERS]
    /// @param sha256 of all keys and values
    record IssuerDigest(int issuer, long rows, ByteString sha256) {}

    /// Follows a long reading.
    @FunctionalInterface
    interface Progress {
        /// Called again and again by the thread that reads. May wait, so that the reading takes
        /// longer, or throw, which ends it.
        ///
        /// @param rows read since the last call
        void read(long rows);
    }

    /// Digests of the status rows of each issuer, in the order of the issuers' numbers. Blocks
    /// while it reads all of them.
    ///
    /// @throws StoreException they cannot be read, or the store was closed or opened again since
    List<IssuerDigest> digests(Progress progress);

    @Override
    void close();
}
