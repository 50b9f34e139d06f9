package org.precertocsp.responder.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;

/// Reads all rows of one serial from one snapshot.
final class StatusDetailsReader {
    private final RocksDatabase.View view;
    private final Map<Integer, ChangeSource> sources = new HashMap<>();

    StatusDetailsReader(RocksDatabase.View view) {
        this.view = view;
    }

    StatusDetails read(int issuer, SerialKey serial) {
        byte[] key = RowKeys.serial(issuer, serial.serial());
        Optional<byte[]> status = view.get(ColumnFamily.STATUS, key);
        return new StatusDetails(
                serial,
                status.map(bytes -> SerialRows.decode(serial, bytes)),
                status.map(bytes -> evidence(key, bytes)).orElse(List.of()),
                history(issuer, serial.serial()),
                conflicts(key));
    }

    private List<StatusDetails.Evidence> evidence(byte[] key, byte[] status) {
        return evidenceRows(key, status).stream()
                .map(e -> new StatusDetails.Evidence(e.by(), e.commitment(), source(e.source())))
                .toList();
    }

    private List<RecordCodec.Evidence> evidenceRows(byte[] key, byte[] status) {
        int origin = StatusCodec.origin(status);
        if (origin != StatusCodec.NO_ORIGIN
                && StatusCodec.decode(status) instanceof StatusRecord.Assigned assigned) {
            return List.of(RecordCodec.Evidence.plain(assigned, origin));
        }
        return view.get(ColumnFamily.EVIDENCE, key).map(RecordCodec::evidence).orElse(List.of());
    }

    private List<StatusDetails.Event> history(int issuer, Serial serial) {
        List<StatusDetails.Event> events = new ArrayList<>();
        view.scan(
                ColumnFamily.HISTORY,
                RowKeys.historyOf(issuer, serial),
                (key, value) -> {
                    ChangeSource source = source(RowKeys.sourceIn(key));
                    events.add(
                            new StatusDetails.Event(
                                    source.takenIn(), RecordCodec.event(value), source));
                });
        return events;
    }

    private List<StatusDetails.Conflict> conflicts(byte[] key) {
        return view
                .get(ColumnFamily.CONFLICTS, key)
                .map(RecordCodec::conflicts)
                .orElse(List.of())
                .stream()
                .map(
                        c ->
                                new StatusDetails.Conflict(
                                        c.why(), Optional.of(c.commitment()), source(c.source())))
                .toList();
    }

    private ChangeSource source(int number) {
        return sources.computeIfAbsent(
                number,
                _ ->
                        view.get(ColumnFamily.SOURCES, RecordCodec.number(number))
                                .map(RecordCodec::source)
                                .orElseThrow(() -> missing(number)));
    }

    private static StoreException missing(int number) {
        return new StoreException(
                "the store refers to source %d, not there".formatted(number), null);
    }
}
