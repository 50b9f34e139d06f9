package org.precertocsp.responder.store;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.CertificateFingerprint;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CtLogPosition;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.CtObservation.State;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;

/// The encoding of everything but status. Each row begins with its format, 1; texts and hashes are
/// preceded by their length, times are those of [StatusCodec].
///
/// | row | after the format |
/// |---|---|
/// | evidence | entries: by (1), source (4); if by has the 08 bit contentSha256, documentSha256 |
/// | conflicts | entries: source (4), why, contentSha256, documentSha256 |
/// | history | what |
/// | source | kind, name, sha256, time taken in |
/// | CRL head | 01 and number, or 00; thisUpdate, sha256 |
/// | sighting | assigned (1), seen at, state (1) and its times; log, entry (8), milliseconds (8), by (1), sha256 |
/// | log head | first (8), size (8), root, timestamp, hashes of the frontier |
final class RecordCodec {
    private static final int FORMAT = 1;
    private static final int WITH_DOCUMENT = 0x08;
    private static final int WAITING = 1;
    private static final int INCIDENT = 2;
    private static final int FED_LATE = 3;

    /// @param source number of its feed
    record Evidence(AssignedBy by, Optional<CertificateFingerprint> commitment, int source) {
        /// The evidence that the origin in a status row represents.
        static Evidence plain(StatusRecord.Assigned assigned, int origin) {
            return new Evidence(assigned.by(), Optional.empty(), origin);
        }
    }

    /// @param source number of its feed
    record Conflict(String why, CertificateFingerprint commitment, int source) {}

    private RecordCodec() {}

    static byte[] evidence(List<Evidence> entries) {
        RowWriter row = new RowWriter().uint8(FORMAT);
        for (Evidence entry : entries) {
            int by = StatusCodec.byCode(entry.by());
            row.uint8(entry.commitment().isPresent() ? by | WITH_DOCUMENT : by);
            row.int32(entry.source());
            entry.commitment().ifPresent(commitment -> commitment(commitment, row));
        }
        return row.toArray();
    }

    static List<Evidence> evidence(byte[] bytes) {
        RowReader row = new RowReader("evidence", bytes);
        row.format(FORMAT);
        List<Evidence> entries = new ArrayList<>();
        while (row.hasMore()) {
            int by = row.uint8();
            int source = row.int32();
            entries.add(
                    new Evidence(
                            StatusCodec.byOf(by & ~WITH_DOCUMENT, row),
                            (by & WITH_DOCUMENT) == 0
                                    ? Optional.empty()
                                    : Optional.of(commitment(row)),
                            source));
        }
        return entries;
    }

    static byte[] conflicts(List<Conflict> entries) {
        RowWriter row = new RowWriter().uint8(FORMAT);
        for (Conflict entry : entries) {
            row.int32(entry.source()).text(entry.why());
            commitment(entry.commitment(), row);
        }
        return row.toArray();
    }

    static List<Conflict> conflicts(byte[] bytes) {
        RowReader row = new RowReader("conflict", bytes);
        row.format(FORMAT);
        List<Conflict> entries = new ArrayList<>();
        while (row.hasMore()) {
            int source = row.int32();
            String why = row.text();
            entries.add(new Conflict(why, commitment(row), source));
        }
        return entries;
    }

    static byte[] event(String what) {
        return new RowWriter().uint8(FORMAT).text(what).toArray();
    }

    static String event(byte[] bytes) {
        RowReader row = new RowReader("history", bytes);
        row.format(FORMAT);
        String what = row.text();
        row.end();
        return what;
    }

    static byte[] source(ChangeSource source) {
        return new RowWriter()
                .uint8(FORMAT)
                .text(source.kind())
                .text(source.name())
                .bytes(source.sha256())
                .time(source.takenIn())
                .toArray();
    }

    static ChangeSource source(byte[] bytes) {
        RowReader row = new RowReader("source", bytes);
        row.format(FORMAT);
        String kind = row.text();
        String name = row.text();
        ByteString sha256 = row.bytes();
        Instant takenIn = row.time();
        row.end();
        return new ChangeSource(kind, name, sha256, takenIn);
    }

    static byte[] crlHead(LatestCrl head) {
        RowWriter row = new RowWriter().uint8(FORMAT).uint8(head.number().isPresent() ? 1 : 0);
        head.number().ifPresent(number -> row.counted(number.toByteArray()));
        return row.time(head.thisUpdate()).bytes(head.sha256()).toArray();
    }

    static LatestCrl crlHead(byte[] bytes) {
        RowReader row = new RowReader("CRL head", bytes);
        row.format(FORMAT);
        Optional<BigInteger> number =
                row.uint8() == 0 ? Optional.empty() : Optional.of(bigInteger(row));
        Instant thisUpdate = row.time();
        ByteString sha256 = row.bytes();
        row.end();
        return new LatestCrl(number, thisUpdate, sha256);
    }

    static byte[] logHead(CtLogPosition head) {
        RowWriter row =
                new RowWriter()
                        .uint8(FORMAT)
                        .int64(head.first())
                        .int64(head.size())
                        .bytes(head.root())
                        .time(head.timestamp());
        head.frontier().forEach(row::bytes);
        return row.toArray();
    }

    static CtLogPosition logHead(byte[] bytes) {
        RowReader row = new RowReader("log head", bytes);
        row.format(FORMAT);
        long first = row.int64();
        long size = row.int64();
        ByteString root = row.bytes();
        Instant timestamp = row.time();
        List<ByteString> frontier = new ArrayList<>();
        while (row.hasMore()) {
            frontier.add(row.bytes());
        }
        return new CtLogPosition(first, size, root, frontier, timestamp);
    }

    static byte[] sighting(CtObservation sighting) {
        RowWriter row = new RowWriter().uint8(FORMAT);
        row.uint8(sighting.assigned() ? 1 : 0).time(sighting.seenAt());
        switch (sighting.state()) {
            case State.Waiting _ -> row.uint8(WAITING);
            case State.Incident(Instant since) -> row.uint8(INCIDENT).time(since);
            case State.FedLate(Instant since, Instant fed) ->
                    row.uint8(FED_LATE).time(since).time(fed);
        }
        CtObservation.LoggedDocument document = sighting.document();
        return row.text(document.log())
                .int64(document.entry())
                .int64(document.loggedAt().toEpochMilli())
                .uint8(StatusCodec.byCode(document.by()))
                .bytes(document.sha256())
                .toArray();
    }

    static CtObservation sighting(SerialKey key, byte[] bytes) {
        RowReader row = new RowReader("sighting", bytes);
        row.format(FORMAT);
        boolean assigned = row.uint8() == 1;
        Instant seenAt = row.time();
        int code = row.uint8();
        State state =
                switch (code) {
                    case WAITING -> new State.Waiting();
                    case INCIDENT -> new State.Incident(row.time());
                    case FED_LATE -> new State.FedLate(row.time(), row.time());
                    default -> throw row.damaged("state " + code);
                };
        String log = row.text();
        long entry = row.int64();
        Instant loggedAt = Instant.ofEpochMilli(row.int64());
        AssignedBy by = StatusCodec.byOf(row.uint8(), row);
        CtObservation.LoggedDocument document =
                new CtObservation.LoggedDocument(log, entry, loggedAt, by, row.bytes());
        row.end();
        return new CtObservation(key, document, assigned, seenAt, state);
    }

    private static BigInteger bigInteger(RowReader row) {
        byte[] bytes = row.counted();
        if (bytes.length == 0) {
            throw row.damaged("a number without bytes");
        }
        return new BigInteger(bytes);
    }

    /// A single number: the schema, a counter, an issuer.
    static byte[] number(int value) {
        return new RowWriter().int32(value).toArray();
    }

    static int number(byte[] bytes) {
        RowReader row = new RowReader("number", bytes);
        int value = row.int32();
        row.end();
        return value;
    }

    private static void commitment(CertificateFingerprint commitment, RowWriter row) {
        row.bytes(commitment.contentSha256()).bytes(commitment.documentSha256());
    }

    private static CertificateFingerprint commitment(RowReader row) {
        ByteString contentSha256 = row.bytes();
        return new CertificateFingerprint(contentSha256, row.bytes());
    }
}
