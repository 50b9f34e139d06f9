package org.precertocsp.responder.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;

/// Finds in the event log who changed a serial, when and why. Reads all files, also while they are
/// written; does not verify them, which the verifier does.
public final class ChangeSearch {
    /// One change.
    ///
    /// @param at when it was recorded
    /// @param issuerKeySha256 of the issuer's key, as in a CertID
    /// @param serial hexadecimal DER content
    /// @param outcome `added`, `changed`, `made known` by a revocation, or `conflict`
    /// @param change the change in words
    /// @param source kind and name of the change's source: a file and its name, or `api` with the
    ///   caller and the reason they gave
    /// @param sourceSha256 of the file or request
    /// @param tookEffect false for a set of changes that was abandoned, or that the store did not
    ///   commit
    public record Found(
            Instant at,
            String issuerKeySha256,
            String serial,
            String outcome,
            String change,
            String source,
            String sourceSha256,
            boolean tookEffect) {}

    private record Pending(long set, Found found) {}

    private final String serial;
    private final Map<Long, JsonNode> sources = new HashMap<>();
    private final Set<Long> voided = new HashSet<>();
    private final List<Pending> pending = new ArrayList<>();

    private ChangeSearch(Serial serial) {
        this.serial = serial.toHex();
    }

    /// All changes of a serial under any issuer, oldest first.
    ///
    /// @param folder directory of the event log
    /// @param damaged receives the file of each record that cannot be read; the record is skipped
    /// @throws IOException a file cannot be read, or there is no log
    public static List<Found> find(Path folder, Serial serial, Consumer<Path> damaged)
            throws IOException {
        ChangeSearch search = new ChangeSearch(serial);
        for (LogSegment segment : LogSegment.some(folder)) {
            try (LogLineReader lines = new LogLineReader(segment.read(), 0)) {
                for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
                    AuditRecord.read(line.get())
                            .ifPresentOrElse(search::take, () -> damaged.accept(segment.file()));
                }
            }
        }
        return search.pending.stream().map(search::settled).toList();
    }

    private void take(AuditRecord line) {
        switch (line.kind()) {
            case AuditEventLog.SET -> sources.put(line.number(), line.tree().path("source"));
            case AuditEventLog.CHANGES -> changes(line.tree());
            // Also applies to a committed set: the store may have rejected it.
            case AuditEventLog.VOID -> voided.add(line.tree().path("set").asLong(-1));
            case AuditEventLog.EFFECTIVE -> voided.remove(line.tree().path("set").asLong(-1));
            case AuditEventLog.COMMIT -> forget(line.tree().path("set").asLong(-1));
            default -> {
                // Other kinds concern no serial.
            }
        }
    }

    private void forget(long set) {
        if (pending.stream().noneMatch(it -> it.set() == set)) {
            sources.remove(set);
        }
    }

    private void changes(JsonNode record) {
        for (JsonNode change : record.path("changes")) {
            String text = change.asText();
            if (text.startsWith(serial + " ")) {
                pending.add(new Pending(record.path("set").asLong(-1), found(record, text)));
            }
        }
    }

    private Found found(JsonNode record, String text) {
        String[] parts = text.split(" ", 3);
        JsonNode source = sources.get(record.path("set").asLong(-1));
        String name =
                source == null
                        ? "(its record was pruned)"
                        : source.path("kind").asText() + " " + source.path("name").asText();
        return new Found(
                Instant.parse(record.path("at").asText()),
                record.path("issuer").path("keySha256").asText(),
                serial,
                outcome(parts.length > 1 ? parts[1] : ""),
                parts.length > 2 ? words(parts[2]) : "",
                name,
                source == null ? "" : source.path("sha256").asText(),
                true);
    }

    private static String outcome(String mark) {
        return switch (mark) {
            case "+" -> "added";
            case "~" -> "changed";
            case "!" -> "made known";
            case "?" -> "conflict";
            default -> mark;
        };
    }

    /// A line written by [ChangeRecorder.ChangeRecordCodec], in words.
    private static String words(String text) {
        String[] parts = text.split(" ", -1);
        return switch (parts.length) {
            case 2 ->
                    parts[0].equals("announce")
                            ? "announced at " + time(parts[1])
                            : "assigned by %s, until %s".formatted(parts[0], time(parts[1]));
            case 4, 5 ->
                    "revoked at %s, %s%s"
                            .formatted(
                                    time(parts[1]),
                                    reason(parts[2]),
                                    parts[3].equals("-")
                                            ? ""
                                            : ", invalid since " + time(parts[3]));
            default -> text.equals("cancel") ? "announcement cancelled" : text;
        };
    }

    private static String time(String seconds) {
        return seconds.matches("-?\\d{1,12}")
                ? Instant.ofEpochSecond(Long.parseLong(seconds)).toString()
                : "a time not known";
    }

    private static String reason(String code) {
        return Stream.of(RevocationReason.values())
                .filter(it -> Integer.toString(it.code()).equals(code))
                .map(Object::toString)
                .findFirst()
                .orElse("reason " + code);
    }

    private Found settled(Pending one) {
        Found found = one.found();
        return new Found(
                found.at(),
                found.issuerKeySha256(),
                found.serial(),
                found.outcome(),
                found.change(),
                found.source(),
                found.sourceSha256(),
                !voided.contains(one.set()));
    }
}
