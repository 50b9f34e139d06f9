package org.precertocsp.responder.rocksdb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.Dossier;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreFailure;

/// Gathers all rows of one serial, as of one moment.
final class DossierReader {
    private final Database.View view;
    private final Map<Integer, FeedSource> sources = new HashMap<>();

    DossierReader(Database.View view) {
        this.view = view;
    }

    Dossier read(int issuer, SerialKey serial) {
        byte[] key = Keys.serial(issuer, serial.serial());
        Optional<byte[]> status = view.get(Family.STATUS, key);
        return new Dossier(
                serial,
                status.map(bytes -> SerialRows.decode(serial, bytes)),
                status.map(bytes -> evidence(key, bytes)).orElse(List.of()),
                history(issuer, serial.serial()),
                conflicts(key));
    }

    private List<Dossier.Evidence> evidence(byte[] key, byte[] status) {
        return evidenceRows(key, status).stream()
                .map(e -> new Dossier.Evidence(e.by(), e.commitment(), source(e.source())))
                .toList();
    }

    private List<Rows.Evidence> evidenceRows(byte[] key, byte[] status) {
        int origin = StatusBytes.origin(status);
        if (origin != StatusBytes.NO_ORIGIN
                && StatusBytes.decode(status) instanceof StatusRecord.Assigned assigned) {
            return List.of(Rows.Evidence.plain(assigned, origin));
        }
        return view.get(Family.EVIDENCE, key).map(Rows::evidence).orElse(List.of());
    }

    private List<Dossier.Event> history(int issuer, Serial serial) {
        List<Dossier.Event> events = new ArrayList<>();
        view.scan(
                Family.HISTORY,
                Keys.historyOf(issuer, serial),
                (key, value) -> {
                    FeedSource source = source(Keys.sourceIn(key));
                    events.add(new Dossier.Event(source.takenIn(), Rows.event(value), source));
                });
        return events;
    }

    private List<Dossier.Conflict> conflicts(byte[] key) {
        return view.get(Family.CONFLICTS, key).map(Rows::conflicts).orElse(List.of()).stream()
                .map(
                        c ->
                                new Dossier.Conflict(
                                        c.why(), Optional.of(c.commitment()), source(c.source())))
                .toList();
    }

    private FeedSource source(int number) {
        return sources.computeIfAbsent(
                number,
                _ ->
                        view.get(Family.SOURCES, Rows.number(number))
                                .map(Rows::source)
                                .orElseThrow(() -> missing(number)));
    }

    private static StoreFailure missing(int number) {
        return new StoreFailure("the store refers to source %d, not there".formatted(number), null);
    }
}
