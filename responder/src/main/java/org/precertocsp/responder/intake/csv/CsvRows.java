package org.precertocsp.responder.intake.csv;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.ReasonParser;
import org.precertocsp.responder.intake.ShownText;
import org.precertocsp.responder.intake.TimeParser;
import org.precertocsp.responder.intake.csv.CsvColumns.Column;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Turns the rows of one file into status changes.
final class CsvRows {
    private static final int LONGEST_NONE = "empty".length();

    private final CsvColumns columns;
    private final FeedSink sink;
    private final Optional<FedIssuer> named;
    private final CsvSerials serials;
    private final Map<String, FedIssuer> byName = new HashMap<>();
    private final Instant now;
    private final ReasonParser reasons = new ReasonParser();

    /// Columns with times without a zone: how many, and the first.
    private final Map<Column, Zoneless> zoneless = new EnumMap<>(Column.class);

    private static final class Zoneless {
        private final Place first;
        private final String text;
        private long count;

        Zoneless(Place first, String text) {
            this.first = first;
            this.text = text;
        }
    }

    CsvRows(CsvColumns columns, FedIssuer.Directory issuers, FeedFile file, FeedSink sink)
            throws FeedRefused {
        this.columns = columns;
        this.sink = sink;
        this.named = file.issuer();
        this.now = file.source().takenIn();
        this.serials = new CsvSerials(columns.serial());
        issuers.issuers().forEach(issuer -> byName.put(issuer.name(), issuer));
        if (named.isEmpty() && !columns.positions().containsKey(Column.ISSUER)) {
            throw new FeedRefused(
                    "the file has no column issuer: add one, or name the issuer with --issuer");
        }
        if (!columns.ignored().isEmpty()) {
            sink.warn(
                    new Place.WholeFile(),
                    "columns not read: "
                            + columns.ignored().stream()
                                    .map(ShownText::of)
                                    .collect(Collectors.joining(", ")));
        }
    }

    void row(Place place, CsvRecord row) {
        try {
            if (CsvColumns.isEmpty(row)) {
                return;
            }
            if (columns.isTooLong(row)) {
                String why =
                        ("%d values where the header has %d columns: is a separator inside a value,"
                                        + " which then needs quotes?")
                                .formatted(row.getFieldCount(), columns.count());
                if (!columns.isStatusLast() || !isRevoked(row).orElse(false)) {
                    throw new BadRow(why);
                }
                // Issuer, serial and status stand before the surplus columns.
                sink.warn(place, why + " Revoked all the same");
            }
            facts(place, row);
        } catch (BadRow e) {
            sink.refuse(place, String.valueOf(e.getMessage()));
        }
    }

    /// @throws FeedRefused the file as a whole turned out not to mean what it seems to
    void end() throws FeedRefused {
        zoneless.forEach(
                (column, seen) ->
                        sink.warn(
                                seen.first,
                                "%s '%s'%s no zone: taken for UTC"
                                        .formatted(
                                                column,
                                                ShownText.of(seen.text),
                                                seen.count == 1
                                                        ? " has"
                                                        : " and %d more have"
                                                                .formatted(seen.count - 1))));
        serials.end();
    }

    private void facts(Place place, CsvRecord row) throws BadRow {
        FedIssuer issuer = issuer(columns.value(row, Column.ISSUER));
        SerialKey key =
                new SerialKey(issuer.key(), serials.parse(columns.value(row, columns.serial())));
        Optional<Boolean> status = isRevoked(row);
        boolean revoked = status.orElse(false);
        Optional<String> contradiction = revoked ? Optional.empty() : contradiction(row);
        if (status.isEmpty()) {
            String text = columns.value(row, Column.STATUS);
            String why = "status '%s' is neither good nor revoked".formatted(ShownText.of(text));
            if (contradiction.isEmpty() && !mayMeanRevoked(text)) {
                throw new BadRow(why);
            }
            sink.refuseRevocation(place, key, why);
            return;
        }
        if (contradiction.isPresent()) {
            // It says both, and which of the two is not ours to guess.
            sink.refuseRevocation(place, key, contradiction.get());
            return;
        }
        Optional<Instant> notAfter = date(place, row, Column.NOT_AFTER);
        StatusChange.Assign assigned =
                new StatusChange.Assign(key, AssignedBy.DECLARATION, notAfter, Optional.empty());
        if (!revoked) {
            sink.acceptGood(place, assigned);
            return;
        }
        switch (judge(place, row, new RevocationPolicy(issuer.profile(), now))) {
            case RevocationPolicy.Verdict.Refused refused ->
                    sink.refuseRevocation(place, key, refused.why());
            case RevocationPolicy.Verdict.Accepted accepted -> {
                for (String remark : accepted.remarks()) {
                    sink.warn(place, "serial " + key.serial() + ": " + remark);
                }
                // Assigned first, so that it is not taken for a revocation of an unknown serial.
                // The rules never refuse what follows: see ChangeRules.
                sink.accept(place, assigned);
                sink.accept(place, accepted.change(key, notAfter));
            }
        }
    }

    private RevocationPolicy.Verdict judge(Place place, CsvRecord row, RevocationPolicy policy) {
        Optional<Instant> at = date(place, row, Column.REVOCATION_DATE);
        RevocationReason reason = reason(place, row);
        Optional<Instant> invalidity = date(place, row, Column.INVALIDITY_DATE);
        if (at.isPresent()) {
            return policy.judge(new Revocation(at.get(), reason, invalidity));
        }
        String text = columns.value(row, Column.REVOCATION_DATE);
        if (text.isEmpty() || isNone(text)) {
            sink.warn(place, "revoked without a revocation_date: revoked as of " + now);
        }
        return policy.judgeUndated(reason, invalidity);
    }

    private FedIssuer issuer(String name) throws BadRow {
        if (name.isEmpty()) {
            return named.orElseThrow(
                    () -> new BadRow("issuer is empty: fill it in, or name one with --issuer"));
        }
        FedIssuer issuer = byName.get(name);
        if (issuer == null) {
            throw new BadRow("issuer '" + ShownText.of(name) + "' is not in the configuration");
        }
        if (named.isPresent() && !named.get().key().equals(issuer.key())) {
            throw new BadRow(
                    "the row is of issuer '%s', but the load names '%s'"
                            .formatted(name, named.get().name()));
        }
        return issuer;
    }

    /// A date that is there and understood. One that is not is left out: the row counts without.
    private Optional<Instant> date(Place place, CsvRecord row, Column column) {
        String text = columns.value(row, column);
        if (text.isEmpty() || isNone(text)) {
            return Optional.empty();
        }
        Optional<TimeParser.Parsed> parsed = TimeParser.parse(text);
        if (parsed.isEmpty()) {
            leftOut(
                    place,
                    column,
                    text,
                    "is not understood (expected such as 2026-03-01T12:00:00Z)");
            return Optional.empty();
        }
        Instant time = parsed.get().time();
        if (column == Column.NOT_AFTER && !RevocationPolicy.isReadable(time)) {
            leftOut(place, column, text, "is no end of a certificate");
            return Optional.empty();
        }
        if (parsed.get().zoneAssumed()) {
            zoneless.computeIfAbsent(column, _ -> new Zoneless(place, text)).count++;
        }
        return Optional.of(time);
    }

    private void leftOut(Place place, Column column, String text, String why) {
        sink.warn(
                place,
                "%s '%s' %s: left out%s"
                        .formatted(
                                column,
                                ShownText.of(text),
                                why,
                                column == Column.REVOCATION_DATE ? "; revoked as of " + now : ""));
    }

    /// Empty if the status says neither.
    private Optional<Boolean> isRevoked(CsvRecord row) {
        String status = columns.value(row, Column.STATUS);
        if (status.equalsIgnoreCase("good")) {
            return Optional.of(false);
        }
        if (status.equalsIgnoreCase("revoked")) {
            return Optional.of(true);
        }
        return switch (status.toLowerCase(Locale.ROOT)) {
            // OpenSSL's letters, EJBCA's numbers, CCADB's and AD CS's words.
            case "r", "40" -> Optional.of(true);
            case "v", "e", "20", "valid", "active", "expired", "issued", "not revoked" ->
                    Optional.of(false);
            default -> Optional.empty();
        };
    }

    /// Of a status that is not understood.
    private static boolean mayMeanRevoked(String status) {
        String text = status.toLowerCase(Locale.ROOT);
        return text.contains("revo") || text.contains("hold") || text.contains("suspen");
    }

    /// Empty if the row says nothing of a revocation, or what programs write where there is none.
    private Optional<String> contradiction(CsvRecord row) {
        for (Column column : List.of(Column.REVOCATION_DATE, Column.INVALIDITY_DATE)) {
            String text = columns.value(row, column);
            boolean date =
                    !text.isEmpty()
                            && !isNone(text)
                            && !text.startsWith("0000-00-00")
                            && TimeParser.parse(text)
                                    .filter(it -> !RevocationPolicy.isReadable(it.time()))
                                    .isEmpty();
            if (date) {
                return Optional.of(contradiction(column));
            }
        }
        String reason = columns.value(row, Column.REASON);
        // People write "unspecified" for a revocation without a reason; programs write a zero for
        // none.
        boolean none =
                !reason.equalsIgnoreCase("unspecified")
                        && reasons.parse(reason)
                                .filter(it -> it == RevocationReason.UNSPECIFIED)
                                .isPresent();
        return none ? Optional.empty() : Optional.of(contradiction(Column.REASON));
    }

    private static String contradiction(Column column) {
        return "status is good, but the row has a " + column + ": which is it?";
    }

    /// The forms in which programs and databases write "nothing".
    private static boolean isNone(String text) {
        if (text.length() > LONGEST_NONE) {
            return false;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "null", "none", "nil", "n/a", "-", "-1", "0", "\\n", "empty" -> true;
            default -> false;
        };
    }

    private RevocationReason reason(Place place, CsvRecord row) {
        String text = columns.value(row, Column.REASON);
        if (text.isEmpty()) {
            return RevocationReason.UNSPECIFIED;
        }
        Optional<RevocationReason> reason = reasons.parse(text);
        if (reason.isEmpty()) {
            leftOut(
                    place,
                    Column.REASON,
                    text,
                    "is neither a name nor a number of RFC 5280 §5.3.1");
        }
        return reason.orElse(RevocationReason.UNSPECIFIED);
    }
}
