package org.precertocsp.responder.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.precertocsp.ocsp.Serial;

/// Finds signatures in the journal by key, serial and time, for instance for the owner of a key.
/// Reads all files, also while they are written; does not verify them, which the verifier does.
public final class SignatureSearch {
    /// The search terms; empty ones match everything.
    ///
    /// @param key hexadecimal SHA-256 of a SubjectPublicKeyInfo, or a prefix of it
    /// @param since inclusive
    /// @param until exclusive
    public record Query(
            Optional<String> key,
            Optional<Serial> serial,
            Optional<Instant> since,
            Optional<Instant> until) {}

    /// One signature and one serial in it; a response for several serials is returned once for
    /// each.
    ///
    /// @param keySha256 of the signing key's SubjectPublicKeyInfo
    /// @param issuerKeySha256 of the issuer's key, as in a CertID
    /// @param serial hexadecimal DER content
    /// @param status the status in the response; `probe` if the server tested the key and sent it
    ///   to no client
    /// @param signature its first 16 bytes, in hexadecimal
    public record Found(
            Instant at,
            String keySha256,
            String issuerKeySha256,
            String serial,
            String status,
            Instant nextUpdate,
            String signature) {}

    /// Serial, status, two times and signature; each further serial adds a serial and a status.
    private static final int FIRST = 5;

    private final Path folder;

    /// @param folder directory of the signature log
    public SignatureSearch(Path folder) {
        this.folder = folder;
    }

    /// Passes on what is found, oldest record first.
    ///
    /// @param damaged receives the file of each record that cannot be read; the record is skipped
    /// @throws IOException a file cannot be read, or there is no log
    public void find(Query query, Consumer<Found> found, Consumer<Path> damaged)
            throws IOException {
        for (LogSegment segment : LogSegment.some(folder)) {
            try (LogLineReader lines = new LogLineReader(segment.read(), 0)) {
                for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
                    Optional<AuditRecord> read = AuditRecord.read(line.get());
                    if (read.isEmpty()) {
                        damaged.accept(segment.file());
                    }
                    read.filter(it -> it.kind().equals(SignatureJournal.SIGNATURES))
                            .ifPresent(it -> search(it.tree(), query, found));
                }
            }
        }
    }

    private static void search(JsonNode record, Query query, Consumer<Found> found) {
        String key = record.path("keySha256").asText();
        if (!query.key().map(key::startsWith).orElse(true) || !mayHold(record, query)) {
            return;
        }
        for (JsonNode signature : record.path("signatures")) {
            take(record, key, signature.asText(), query, found);
        }
    }

    private static boolean mayHold(JsonNode record, Query query) {
        Instant from = Instant.ofEpochSecond(record.path("from").asLong());
        Instant to = Instant.ofEpochSecond(record.path("to").asLong());
        return query.since().map(since -> !to.isBefore(since)).orElse(true)
                && query.until().map(from::isBefore).orElse(true);
    }

    private static void take(
            JsonNode record, String key, String text, Query query, Consumer<Found> found) {
        String[] parts = text.split(" ", -1);
        if (parts.length < FIRST || parts.length % 2 != FIRST % 2) {
            return;
        }
        Instant at = Instant.ofEpochSecond(Long.parseLong(parts[2]));
        if (query.since().map(at::isBefore).orElse(false)
                || query.until().map(until -> !at.isBefore(until)).orElse(false)) {
            return;
        }
        String serial = query.serial().map(Serial::toHex).orElse("");
        for (int i = 0; i < parts.length; i = Math.max(FIRST, i + 2)) {
            if (serial.isEmpty() || serial.equals(parts[i])) {
                found.accept(
                        new Found(
                                at,
                                key,
                                record.path("issuerKeySha256").asText(),
                                parts[i],
                                parts[i + 1],
                                Instant.ofEpochSecond(Long.parseLong(parts[3])),
                                parts[4]));
            }
        }
    }
}
