package org.precertocsp.responder.rocksdb;

import java.util.function.ToIntFunction;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.KeptReply;
import org.precertocsp.responder.status.LogHead;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.Sighting;
import org.precertocsp.responder.status.StateKey;

/// Where each [StateKey] is stored, and its bytes.
final class StateRows {
    private StateRows() {}

    static Family family(StateKey<?> key) {
        return switch (key) {
            case StateKey.NewestCrl _ -> Family.CRL_HEADS;
            case StateKey.LogObservation _ -> Family.SIGHTINGS;
            case StateKey.LogPosition _, StateKey.NewestCommit _, StateKey.IdempotentReply _ ->
                    Family.META;
        };
    }

    /// @param issuers their numbers
    static byte[] key(StateKey<?> key, ToIntFunction<IssuerKey> issuers) {
        return switch (key) {
            case StateKey.NewestCrl(CrlScope scope) ->
                    Keys.crlHead(issuers.applyAsInt(scope.issuer()), scope.part());
            case StateKey.LogObservation(SerialKey serial) ->
                    Keys.serial(issuers.applyAsInt(serial.issuer()), serial.serial());
            case StateKey.LogPosition(Octets logId) -> Keys.logHead(logId);
            case StateKey.NewestCommit _ -> CommitMarkRow.KEY;
            case StateKey.IdempotentReply(Octets name) -> ReplyRows.key(name);
        };
    }

    static byte[] encode(StateKey<?> key, Object value) {
        return switch (key) {
            case StateKey.NewestCrl _ -> Rows.crlHead((CrlHead) value);
            case StateKey.LogObservation _ -> Rows.sighting((Sighting) value);
            case StateKey.LogPosition _ -> Rows.logHead((LogHead) value);
            case StateKey.NewestCommit _ -> CommitMarkRow.encode((CommitMark) value);
            case StateKey.IdempotentReply _ -> ReplyRows.encode((KeptReply) value);
        };
    }

    static <V> V decode(StateKey<V> key, byte[] row) {
        Object value =
                switch (key) {
                    case StateKey.NewestCrl _ -> Rows.crlHead(row);
                    case StateKey.LogObservation(SerialKey serial) -> Rows.sighting(serial, row);
                    case StateKey.LogPosition _ -> Rows.logHead(row);
                    case StateKey.NewestCommit _ -> CommitMarkRow.decode(row);
                    case StateKey.IdempotentReply _ -> ReplyRows.decode(row);
                };
        return key.type().cast(value);
    }
}
