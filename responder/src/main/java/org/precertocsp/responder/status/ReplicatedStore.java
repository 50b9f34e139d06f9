package org.precertocsp.responder.status;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// The store of a node whose rows come from a log that several nodes read. A commit has two halves:
/// one node judges changes and prepares their rows ([RowSet]); every node, this one included,
/// writes them when it has read them, together with its position in the log ([RowBatch]).
public interface ReplicatedStore {
    /// The position written with the newest rows; empty if there is none yet. Whatever was written
    /// with it can be read.
    ///
    /// @throws StoreException the store cannot be read, or does not complete an earlier batch
    Optional<ByteString> position();

    /// True if it has statuses, and none of them came from a log: those of a single node, which
    /// other nodes do not have.
    ///
    /// @throws StoreException the store cannot be read
    boolean isForeign();

    /// Stores a position without rows, and without waiting for the disk.
    ///
    /// @throws StoreException it was not stored
    void keepPosition(ByteString position);

    /// The rows of this moment, with the position written with them.
    ///
    /// @throws StoreException the store cannot be read, or does not complete an earlier batch
    FrozenRows freeze();

    /// What this node has noted for its next process, beside the rows; empty if it has noted
    /// nothing.
    ///
    /// @throws StoreException the store cannot be read
    Optional<ByteString> note();

    /// Replaces the note, and waits for the disk.
    ///
    /// @throws StoreException it was not stored
    void keepNote(ByteString note);

    /// As [StatusWriter#tryBegin].
    ///
    /// @throws StoreException the store cannot be written
    Optional<RowSet> tryBegin(ChangeSource source, Duration patience);

    /// An empty batch. Several may be filled at once.
    RowBatch newBatch();

    /// A set of changes whose rows are taken out of it. It ends with [#prepare] where others end
    /// with [#commit], and is closed in the same way: no other set begins before that.
    interface RowSet extends ChangeSet {
        /// The rows of this set, each once; none if it changed nothing. Read while the set is open.
        /// The set cannot be used any more. Rows that each node makes by itself are left out.
        ///
        /// @throws StoreException the rows could not be read; also from the iterator
        Iterator<StoredRow> prepare();
    }

    /// Rows collected in memory, or on disk if they are many, until they are written together. Not
    /// thread-safe.
    interface RowBatch extends AutoCloseable {
        /// Adds a row, on top of those added before. Rows of families that this node does not keep
        /// are left out.
        ///
        /// @param own true if this node prepared it, in this process or an earlier one
        /// @throws StoreException it cannot be collected, or is none of this store
        void add(StoredRow row, boolean own);

        /// The number of rows added.
        long size();

        /// Writes all rows and a position, together or not at all, and advances the change epochs.
        /// On return all of it can be read. The batch can only be closed.
        ///
        /// @throws StoreException nothing was written, or all of it will be found by
        ///   [ReplicatedStore#position]
        void write(ByteString position);

        /// Discards rows that were not written.
        @Override
        void close();
    }
}
