package org.precertocsp.responder.status;

import org.precertocsp.der.ByteString;

/// Identifies a value that is stored beside statuses: the position of a feed, and data that must
/// take effect together with the changes of a set ([ChangeSet#put]).
///
/// @param <V> the value stored under the key
public sealed interface StateKey<V> {
    /// Its value's type.
    Class<V> type();

    /// The newest CRL loaded of one scope.
    record NewestCrl(CrlScope scope) implements StateKey<LatestCrl> {
        @Override
        public Class<LatestCrl> type() {
            return LatestCrl.class;
        }
    }

    /// How far a Certificate Transparency log has been read. Takes effect together with the entries
    /// it covers.
    ///
    /// @param logId SHA-256 of the log's key (RFC 6962 §3.2)
    record LogPosition(ByteString logId) implements StateKey<CtLogPosition> {
        @Override
        public Class<CtLogPosition> type() {
            return CtLogPosition.class;
        }
    }

    /// A Certificate Transparency log contained a serial before any feed of the CA did. A set of
    /// any other feed that assigns the serial, or finds it assigned, updates the value by
    /// [CtObservation#fed].
    record LogObservation(SerialKey serial) implements StateKey<CtObservation> {
        @Override
        public Class<CtObservation> type() {
            return CtObservation.class;
        }
    }

    /// The newest set of changes that the audit log recorded.
    record NewestCommit() implements StateKey<CommitMark> {
        @Override
        public Class<CommitMark> type() {
            return CommitMark.class;
        }
    }

    /// The reply to an API request that may be repeated.
    ///
    /// @param name SHA-256 of the caller and their Idempotency-Key
    record IdempotentReply(ByteString name) implements StateKey<IdempotencyRecord> {
        @Override
        public Class<IdempotencyRecord> type() {
            return IdempotencyRecord.class;
        }
    }
}
