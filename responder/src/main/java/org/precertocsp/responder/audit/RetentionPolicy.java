package org.precertocsp.responder.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusRecord;

/// Decides whether a record may be deleted (RT-01 to RT-05). If that cannot be determined, the
/// record stays.
public final class RetentionPolicy {
    private static final int FURTHER = 5;

    /// Two years, one of which may be a leap year.
    public static final Duration TWO_YEARS = Duration.ofDays(731);

    private final Map<String, IssuerRetention> issuers = new HashMap<>();
    private final StatusReader statuses;
    private final InstantSource clock;

    public RetentionPolicy(
            List<IssuerRetention> issuers, StatusReader statuses, InstantSource clock) {
        for (IssuerRetention term : issuers) {
            this.issuers.put(term.key().keyHash(HashAlgorithm.SHA256).toHex(), term);
        }
        this.statuses = statuses;
        this.clock = clock;
    }

    /// The reason why a record must stay now, or empty.
    ///
    /// @throws org.precertocsp.responder.status.StoreException a certificate's end cannot be looked
    ///   up
    public Optional<RetentionHold> hold(AuditRecord line) {
        if (line.kind().equals("SEGMENT") || line.kind().equals("SEALED")) {
            // The log's own record, useless without the records around it.
            return Optional.empty();
        }
        JsonNode record = line.tree();
        Instant at = Instant.parse(record.path("at").asText(Instant.EPOCH.toString()));
        Instant now = clock.instant();
        RetentionHold young =
                new RetentionHold(rule(line.kind()), "records of " + at, at.plus(TWO_YEARS));
        if (young.until().isAfter(now)) {
            return Optional.of(young);
        }
        return switch (line.kind()) {
            case "CHANGES" -> changes(record, now);
            case "SIGNATURES" -> signatures(record, now);
            case "CREDENTIAL", "KEY_USE", "CONFIGURATION" -> lifecycle(record, now);
            default -> Optional.empty();
        };
    }

    private static String rule(String kind) {
        return switch (kind) {
            case "START", "STOP", "CRASH_FOUND", "ACCESS_REFUSED", "ALERT" -> "RT-03";
            default -> "RT-04";
        };
    }

    private Optional<RetentionHold> changes(JsonNode record, Instant now) {
        String issuer = record.path("issuer").path("keySha256").asText();
        for (JsonNode change : record.path("changes")) {
            Optional<RetentionHold> hold = serial(issuer, before(change.asText()), "a change", now);
            if (hold.isPresent()) {
                return hold;
            }
        }
        return Optional.empty();
    }

    private Optional<RetentionHold> signatures(JsonNode record, Instant now) {
        String issuer = record.path("issuerKeySha256").asText();
        for (JsonNode signature : record.path("signatures")) {
            String[] parts = signature.asText().split(" ", -1);
            // The first serial with its status, then three other fields, then the further serials.
            for (int i = 0; i + 1 < parts.length; i = Math.max(FURTHER, i + 2)) {
                // An unassigned serial has no certificate whose end would matter.
                if (!parts[i + 1].equals("unknown") && !parts[i + 1].equals("probe")) {
                    Optional<RetentionHold> hold = serial(issuer, parts[i], "a signature", now);
                    if (hold.isPresent()) {
                        return hold;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static String before(String text) {
        int blank = text.indexOf(' ');
        return blank < 0 ? text : text.substring(0, blank);
    }

    private Optional<RetentionHold> serial(String issuer, String serial, String what, Instant now) {
        IssuerRetention term = issuers.get(issuer);
        String about = "%s of serial %s".formatted(what, serial);
        if (term == null) {
            return Optional.of(new RetentionHold("RT-01", about, Instant.MAX));
        }
        Instant end = end(term, serial);
        Instant subscriber = end.plus(TWO_YEARS);
        if (subscriber.isAfter(now)) {
            return Optional.of(new RetentionHold("RT-01", about, subscriber));
        }
        Instant answered = end.plus(term.pastExpiry());
        return answered.isAfter(now)
                ? Optional.of(new RetentionHold("RT-05", about, answered))
                : Optional.empty();
    }

    /// The certificate's notAfter, or its issuer's if no feed provided it.
    private Instant end(IssuerRetention term, String serial) {
        try {
            SerialKey key =
                    new SerialKey(
                            term.key(), Serial.ofDerContent(ByteString.ofHex(serial).toArray()));
            return statuses.find(key)
                    .flatMap(
                            record ->
                                    record instanceof StatusRecord.Assigned assigned
                                            ? assigned.notAfter()
                                            : Optional.empty())
                    .orElse(term.end());
        } catch (IllegalArgumentException _) {
            return term.end();
        }
    }

    /// For a record about a key its issuer's notAfter counts; for a record about all of them, the
    /// latest.
    private Optional<RetentionHold> lifecycle(JsonNode record, Instant now) {
        String issuer = record.path("details").path("issuerKeySha256").asText();
        Instant end = Instant.MAX;
        if (issuer.isEmpty()) {
            end =
                    issuers.values().stream()
                            .map(IssuerRetention::end)
                            .max(Instant::compareTo)
                            .orElse(Instant.MAX);
        } else if (issuers.containsKey(issuer)) {
            end = issuers.get(issuer).end();
        }
        Instant until = end.equals(Instant.MAX) ? end : end.plus(TWO_YEARS);
        String about = "what was done with keys and configuration";
        return until.isAfter(now)
                ? Optional.of(new RetentionHold("RT-02", about, until))
                : Optional.empty();
    }
}
