package org.precertocsp.responder.intake.index;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.precertocsp.ocsp.InvalidSerial;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ReasonParser;
import org.precertocsp.responder.intake.SerialParser;
import org.precertocsp.responder.intake.ShownText;
import org.precertocsp.responder.intake.TimeParser;
import org.precertocsp.responder.status.ChangeRules;

/// One line of index.txt, understood as far as it can be.
///
/// The other fields of an R line are left out where they are not understood, and so is an expiry:
/// then `remarks` has what was left out.
///
/// @param claim present on R lines
/// @param contradiction present where lines other than R have a revocation, or the status is S: the
///   line cannot be used, though it may say that the serial is revoked
record IndexLine(
        Serial serial,
        Optional<Instant> notAfter,
        Optional<Claim> claim,
        Optional<String> contradiction,
        List<String> remarks) {
    /// The revocation field of an R line.
    ///
    /// @param at empty where no date is there, or none is understood
    record Claim(Optional<Instant> at, RevocationReason reason, Optional<Instant> invalidityDate) {}

    private static final int FIELDS = 6;
    private static final int FIELDS_WITH_SERIAL = 4;
    private static final int SHORTEST_BLANK_SEPARATED = 4;
    private static final String REVOCATION = "field 3 (revocation)";

    IndexLine {
        remarks = List.copyOf(remarks);
    }

    static IndexLine parse(String line, ReasonParser reasons) throws BadLine {
        List<String> fields = fields(line);
        String status = fields.getFirst().strip().toUpperCase(Locale.ROOT);
        List<String> remarks = new ArrayList<>(0);
        boolean revoked = status.equals("R");
        if (fields.size() != FIELDS) {
            String count =
                    "%d tab-separated fields where index.txt has %d"
                            .formatted(fields.size(), FIELDS);
            if (!revoked || fields.size() < FIELDS_WITH_SERIAL) {
                throw new BadLine(
                        fields.size() == 1 && line.split(" +").length >= SHORTEST_BLANK_SEPARATED
                                ? count + ": were tabs replaced by blanks?"
                                : count);
            }
            remarks.add(count + ": revoked all the same");
        }
        Serial serial = serial(fields.get(3));
        Optional<Instant> notAfter = notAfter(fields.get(1), remarks);
        String revocation = fields.get(2).strip();
        return switch (status) {
            case "V", "E" ->
                    new IndexLine(
                            serial,
                            notAfter,
                            Optional.empty(),
                            revocation.isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(
                                            ("field 1 (status) is %s, but field 3 (revocation) is"
                                                            + " not empty: which is it?")
                                                    .formatted(status)),
                            remarks);
            case "S" ->
                    new IndexLine(
                            serial,
                            notAfter,
                            Optional.empty(),
                            Optional.of(
                                    "field 1 (status) S, suspended, is not read: its status stays."
                                            + " A hold is an R line with reason holdInstruction"),
                            remarks);
            case "R" -> {
                Claim claim = claim(revocation, reasons, remarks);
                yield new IndexLine(
                        serial, notAfter, Optional.of(claim), Optional.empty(), remarks);
            }
            default -> {
                String why =
                        "field 1 (status) '%s' is none of V, R and E"
                                .formatted(ShownText.of(fields.getFirst().strip()));
                if (revocation.isEmpty()) {
                    throw new BadLine(why);
                }
                yield new IndexLine(
                        serial,
                        notAfter,
                        Optional.empty(),
                        Optional.of(why + ", but field 3 (revocation) is not empty"),
                        remarks);
            }
        };
    }

    /// Splits at tabs; one after a backslash belongs to its field, as OpenSSL reads it.
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>(FIELDS);
        int start = 0;
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '\t' && (i == start || line.charAt(i - 1) != '\\')) {
                fields.add(line.substring(start, i));
                start = i + 1;
            }
        }
        fields.add(line.substring(start));
        return fields;
    }

    private static Optional<Instant> notAfter(String text, List<String> remarks) {
        Optional<Instant> time = time(text);
        if (time.isEmpty()) {
            remarks.add(
                    text.isBlank()
                            ? "field 2 (expiry) is empty: nothing is known of its end"
                            : "field 2 (expiry) '%s' is no time: left out"
                                    .formatted(ShownText.of(text)));
        }
        return time;
    }

    /// Two digits of a year up to 49 are 2000 and later.
    private static Optional<Instant> time(String text) {
        return TimeParser.parse(text).map(TimeParser.Parsed::time).filter(ChangeRules::isStorable);
    }

    /// The third field of an R line: `date[,reason[,detail]]`, as `openssl ca -revoke` writes it.
    private static Claim claim(String text, ReasonParser reasons, List<String> remarks) {
        String[] parts = text.split(",", 3);
        Optional<Instant> at = time(parts[0]);
        if (at.isEmpty()) {
            remarks.add(
                    parts[0].isBlank()
                            ? REVOCATION + " date is empty"
                            : "%s date '%s' is no time: left out"
                                    .formatted(REVOCATION, ShownText.of(parts[0])));
        }
        String name = parts.length > 1 ? parts[1].strip() : "";
        String detail = parts.length > 2 ? parts[2].strip() : "";
        Optional<RevocationReason> reason = reasons.parse(name);
        if (reason.isEmpty()) {
            remarks.add(
                    "%s has the unknown reason '%s': left out"
                            .formatted(REVOCATION, ShownText.of(name)));
        }
        return new Claim(
                at,
                reason.orElse(RevocationReason.UNSPECIFIED),
                compromised(name, detail, remarks));
    }

    /// The time of compromise, which two of OpenSSL's options have.
    private static Optional<Instant> compromised(String name, String detail, List<String> remarks) {
        boolean known =
                switch (name.toLowerCase(Locale.ROOT)) {
                    case "keytime", "cakeytime" -> true;
                    default -> false;
                };
        Optional<Instant> since = known ? time(detail) : Optional.empty();
        // A hold's detail says how to treat it, which RFC 5280 gave up: the status is the same.
        if (known && since.isEmpty()) {
            remarks.add(
                    detail.isEmpty()
                            ? REVOCATION + " time of compromise is empty"
                            : "%s time of compromise '%s' is no time: left out"
                                    .formatted(REVOCATION, ShownText.of(detail)));
        } else if (!known && !detail.isEmpty() && !name.equalsIgnoreCase("holdInstruction")) {
            remarks.add(
                    "%s has '%s' after reason %s, which takes nothing: left out"
                            .formatted(REVOCATION, ShownText.of(detail), ShownText.of(name)));
        }
        return since;
    }

    private static Serial serial(String text) throws BadLine {
        try {
            return SerialParser.parse(text.strip());
        } catch (InvalidSerial e) {
            throw new BadLine("field 4 (serial): " + e.getMessage());
        }
    }
}
