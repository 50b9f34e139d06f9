package org.precertocsp.responder.intake.list;

import java.math.BigInteger;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.DisplayText;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.ReasonParser;
import org.precertocsp.responder.intake.SerialParser;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.TimeParser;
import org.precertocsp.responder.intake.list.CsvColumns.Column;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Turns the rows of one file into status changes.
final class CsvRowParser {
    private static final int LONGEST_NONE = "empty".length();

    private final CsvColumns columns;
    private final FeedSink sink;
    private final Optional<ConfiguredIssuer> named;
    private final CsvSerialParser serials;
    private final Map<String, ConfiguredIssuer> byName = new HashMap<>();
    private final Instant now;
    private final ReasonParser reasons = new ReasonParser();

    /// Columns with times without a zone: their number, and the first.
    private final Map<Column, Zoneless> zoneless = new EnumMap<>(Column.class);

    /// A row cannot be used; the message contains the reason and, if there is one, the remedy.
    static final class InvalidRowException extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidRowException(String message) {
            super(message, null, false, false);
        }
    }

    private static final class Zoneless {
        private final SourceLocation first;
        private final String text;
        private long count;

        Zoneless(SourceLocation first, String text) {
            this.first = first;
            this.text = text;
        }
    }

    CsvRowParser(
            CsvColumns columns, ConfiguredIssuer.Directory issuers, FeedFile file, FeedSink sink)
            throws FeedRejectedException {
        this.columns = columns;
        this.sink = sink;
        this.named = file.issuer();
        this.now = file.source().takenIn();
        this.serials = new CsvSerialParser(columns.serial());
        issuers.issuers().forEach(issuer -> byName.put(issuer.name(), issuer));
        if (named.isEmpty() && !columns.positions().containsKey(Column.ISSUER)) {
            throw new FeedRejectedException(
                    "the file has no column issuer: add one, or name the issuer with --issuer");
        }
        if (!columns.ignored().isEmpty()) {
            sink.warn(
                    new SourceLocation.WholeFile(),
                    "columns not read: "
                            + columns.ignored().stream()
                                    .map(DisplayText::of)
                                    .collect(Collectors.joining(", ")));
        }
    }

    void row(SourceLocation place, CsvReader row) {
        try {
            if (row.isBlank()) {
                return;
            }
            if (columns.isTooLong(row)) {
                String why =
                        ("%d values where the header has %d columns: is a separator inside a value,"
                                        + " which then needs quotes?")
                                .formatted(row.count(), columns.count());
                if (!columns.isStatusLast() || !isRevoked(row).orElse(false)) {
                    throw new InvalidRowException(why);
                }
                // Issuer, serial and status stand before the surplus columns.
                sink.warn(place, why + " Revoked all the same");
            }
            facts(place, row);
        } catch (InvalidRowException e) {
            sink.refuse(place, String.valueOf(e.getMessage()));
        }
    }

    /// @throws FeedRejectedException the file as a whole does not mean what it seems to
    void end() throws FeedRejectedException {
        zoneless.forEach(
                (column, seen) ->
                        sink.warn(
                                seen.first,
                                "%s '%s'%s no zone: taken for UTC"
                                        .formatted(
                                                column,
                                                DisplayText.of(seen.text),
                                                seen.count == 1
                                                        ? " has"
                                                        : " and %d more have"
                                                                .formatted(seen.count - 1))));
        serials.end();
    }

    private void facts(SourceLocation place, CsvReader row) throws InvalidRowException {
        ConfiguredIssuer issuer = issuer(columns.value(row, Column.ISSUER));
        SerialKey key =
                new SerialKey(issuer.key(), serials.parse(columns.value(row, columns.serial())));
        Optional<Boolean> status = isRevoked(row);
        boolean revoked = status.orElse(false);
        Optional<String> contradiction = revoked ? Optional.empty() : contradiction(row);
        if (status.isEmpty()) {
            String text = columns.value(row, Column.STATUS);
            String why = "status '%s' is neither good nor revoked".formatted(DisplayText.of(text));
            if (contradiction.isEmpty() && !mayMeanRevoked(text)) {
                throw new InvalidRowException(why);
            }
            sink.refuseRevocation(place, key, why);
            return;
        }
        if (contradiction.isPresent()) {
            // The row says both, and the parser must not guess which is right.
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
                // Assigned first, so that it is not treated as a revocation of an unknown serial.
                // The rules never reject what follows: see ChangeRules.
                sink.accept(place, assigned);
                sink.accept(place, accepted.change(key, notAfter));
            }
        }
    }

    private RevocationPolicy.Verdict judge(
            SourceLocation place, CsvReader row, RevocationPolicy policy) {
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

    private ConfiguredIssuer issuer(String name) throws InvalidRowException {
        if (name.isEmpty()) {
            return named.orElseThrow(
                    () ->
                            new InvalidRowException(
                                    "issuer is empty: fill it in, or name one with --issuer"));
        }
        ConfiguredIssuer issuer = byName.get(name);
        if (issuer == null) {
            throw new InvalidRowException(
                    "issuer '" + DisplayText.of(name) + "' is not in the configuration");
        }
        if (named.isPresent() && !named.get().key().equals(issuer.key())) {
            throw new InvalidRowException(
                    "the row is of issuer '%s', but the load names '%s'"
                            .formatted(name, named.get().name()));
        }
        return issuer;
    }

    /// A date that is present and understood. Otherwise it is left out: the row counts without it.
    private Optional<Instant> date(SourceLocation place, CsvReader row, Column column) {
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
            leftOut(place, column, text, "is not an end of a certificate");
            return Optional.empty();
        }
        if (parsed.get().zoneAssumed()) {
            zoneless.computeIfAbsent(column, _ -> new Zoneless(place, text)).count++;
        }
        return Optional.of(time);
    }

    private void leftOut(SourceLocation place, Column column, String text, String why) {
        sink.warn(
                place,
                "%s '%s' %s: left out%s"
                        .formatted(
                                column,
                                DisplayText.of(text),
                                why,
                                column == Column.REVOCATION_DATE ? "; revoked as of " + now : ""));
    }

    /// Empty if the status means neither.
    private Optional<Boolean> isRevoked(CsvReader row) {
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

    /// Whether a status that is not understood may mean revoked.
    private static boolean mayMeanRevoked(String status) {
        String text = status.toLowerCase(Locale.ROOT);
        return text.contains("revo") || text.contains("hold") || text.contains("suspen");
    }

    /// Empty if the row has no revocation fields, or only values that programs write for none.
    private Optional<String> contradiction(CsvReader row) {
        if (isDate(columns.value(row, Column.REVOCATION_DATE))) {
            return Optional.of(contradiction(Column.REVOCATION_DATE));
        }
        if (isDate(columns.value(row, Column.INVALIDITY_DATE))) {
            return Optional.of(contradiction(Column.INVALIDITY_DATE));
        }
        String reason = columns.value(row, Column.REASON);
        // People write "unspecified" for a revocation without a reason; programs write a zero for
        // none.
        boolean none =
                reason.isEmpty()
                        || (!reason.equalsIgnoreCase("unspecified")
                                && reasons.parse(reason)
                                        .filter(it -> it == RevocationReason.UNSPECIFIED)
                                        .isPresent());
        return none ? Optional.empty() : Optional.of(contradiction(Column.REASON));
    }

    /// False for the values that programs write for no date.
    private static boolean isDate(String text) {
        return !text.isEmpty()
                && !isNone(text)
                && !text.startsWith("0000-00-00")
                && TimeParser.parse(text)
                        .filter(it -> !RevocationPolicy.isReadable(it.time()))
                        .isEmpty();
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

    private RevocationReason reason(SourceLocation place, CsvReader row) {
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

    /// Parses the serials of one file and detects the changes that spreadsheets make to them.
    static final class CsvSerialParser {
        private static final int SPREADSHEET_DIGITS = 15;
        private static final int LONG_DECIMAL = 20;
        private static final int MAX_TEXT = 100;
        private static final int ENOUGH_DIGITS = 60;

        private final CsvColumns.Column column;
        private long digitsWithoutLetter;
        private boolean sawLetter;

        CsvSerialParser(CsvColumns.Column column) {
            this.column = column;
        }

        Serial parse(String text) throws InvalidRowException {
            if (text.isEmpty()) {
                throw new InvalidRowException(column + " is empty");
            }
            if (text.indexOf('.') >= 0 || text.indexOf(',') >= 0 || text.indexOf('+') >= 0) {
                throw new InvalidRowException(
                        ("%s '%s' was rounded by a spreadsheet and its digits are lost: export"
                                        + " it again with the column as text")
                                .formatted(column, DisplayText.of(text)));
            }
            try {
                return switch (column) {
                    case SERIAL_DECIMAL -> decimal(text);
                    default -> hexadecimal(text);
                };
            } catch (InvalidSerialException e) {
                throw new InvalidRowException(column + ": " + e.getMessage());
            }
        }

        private Serial decimal(String written) throws InvalidRowException {
            String text = SerialParser.bare(written);
            if (text.length() > MAX_TEXT || !text.matches("-?[0-9]+")) {
                throw new InvalidRowException(
                        "%s '%s' is not a decimal number; hexadecimal belongs in a column serial_hex"
                                .formatted(column, DisplayText.of(written)));
            }
            if (text.length() >= LONG_DECIMAL && text.substring(SPREADSHEET_DIGITS).matches("0+")) {
                throw new InvalidRowException(
                        ("%s '%s' has only zeros after %d digits, as spreadsheets leave them:"
                                        + " export it again with the column as text")
                                .formatted(column, text, SPREADSHEET_DIGITS));
            }
            return Serial.of(new BigInteger(text));
        }

        private Serial hexadecimal(String text) {
            Serial serial = SerialParser.parse(text);
            if (!sawLetter) {
                watchLetters(serial);
            }
            return serial;
        }

        private void watchLetters(Serial serial) {
            String digits = serial.number().toString(16);
            sawLetter = digits.chars().anyMatch(c -> c >= 'a' && c <= 'f');
            digitsWithoutLetter += digits.length();
        }

        /// @throws FeedRejectedException hundreds of digits without a letter among them: these are
        ///   decimal numbers
        void end() throws FeedRejectedException {
            // One digit in three of a hexadecimal number is a letter: 60 without any do not occur.
            if (column == CsvColumns.Column.SERIAL
                    && !sawLetter
                    && digitsWithoutLetter >= ENOUGH_DIGITS) {
                throw new FeedRejectedException(
                        "no value of the column serial has a letter, so they seem decimal, but serial"
                                + " is read as hexadecimal: name it serial_decimal or serial_hex");
            }
        }
    }
}
