package org.precertocsp.responder.status;

import org.precertocsp.ocsp.Octets;

/// Names what is stored beside statuses: how far a feed has come, and what must take effect
/// together with the changes of a set ([ChangeSet#put]).
///
/// @param <V> the value stored under the key
public sealed interface StateKey<V> {
    /// Its value's type.
    Class<V> type();

    /// The newest CRL loaded of one scope.
    record NewestCrl(CrlScope scope) implements StateKey<CrlHead> {
        @Override
        public Class<CrlHead> type() {
            return CrlHead.class;
        }
    }

    /// How far a Certificate Transparency log has been read. Takes effect together with the entries
    /// it covers.
    ///
    /// @param logId SHA-256 of the log's key (RFC 6962 §3.2)
    record LogPosition(Octets logId) implements StateKey<LogHead> {
        @Override
        public Class<LogHead> type() {
            return LogHead.class;
        }
    }

    /// That a Certificate Transparency log brought a serial before any feed of the CA did. A set of
    /// any other feed that assigns the serial, or finds it assigned, updates the value by
    /// [Sighting#fed].
    record LogObservation(SerialKey serial) implements StateKey<Sighting> {
        @Override
        public Class<Sighting> type() {
            return Sighting.class;
        }
    }

    /// The newest set of changes that the audit log recorded.
    record NewestCommit() implements StateKey<CommitMark> {
        @Override
        public Class<CommitMark> type() {
            return CommitMark.class;
        }
    }

    /// The reply to an API request that may be sent again.
    ///
    /// @param name SHA-256 of the caller and their Idempotency-Key
    record IdempotentReply(Octets name) implements StateKey<KeptReply> {
        @Override
        public Class<KeptReply> type() {
            return KeptReply.class;
        }
    }
}
