package org.precertocsp.responder.intake.list;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.DisplayText;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedInputStream;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.ReasonParser;
import org.precertocsp.responder.intake.SerialParser;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.TextEncoding;
import org.precertocsp.responder.intake.TextLineReader;
import org.precertocsp.responder.intake.TimeParser;
import org.precertocsp.responder.intake.list.IndexFeed.IndexRowParser.IndexLine.InvalidLineException;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeRules;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// The database of `openssl ca`, index.txt: one line for each certificate, tab-separated status,
/// expiry, revocation, serial, file name and subject.
///
/// V and E lines (E: `openssl ca -updatedb` saw the certificate expire) make the serial assigned; R
/// lines also revoke it, whatever else they contain: a date, reason or expiry that is not
/// understood is left out with a warning, and without a date the line revokes as of the load. The
/// file does not name the issuer of its certificates, so the load must name it.
public final class IndexFeed implements FeedReader {
    private static final int LOOK_AHEAD = 4;

    private final ConfiguredIssuer.Directory issuers;

    public IndexFeed(ConfiguredIssuer.Directory issuers) {
        this.issuers = issuers;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRejectedException {
        ConfiguredIssuer issuer = file.issuer().orElseThrow(this::issuerMissing);
        IndexRowParser rows = new IndexRowParser(issuer, file, sink);
        try (InputStream in = FeedInputStream.open(file)) {
            byte[] start = in.readNBytes(LOOK_AHEAD);
            TextEncoding.forbidUtf16(start, "save it as UTF-8");
            int mark = TextEncoding.markLength(start);
            InputStream whole =
                    new SequenceInputStream(
                            new ByteArrayInputStream(start, mark, start.length - mark), in);
            TextLineReader lines = new TextLineReader(whole, IndexRowParser.MAX_LINE);
            for (String line = lines.next(); line != null; line = lines.next()) {
                SourceLocation.Line place = new SourceLocation.Line(lines.number());
                if (lines.truncated()) {
                    rows.tooLong(place, line);
                } else if (!line.isBlank()) {
                    rows.line(place, line);
                }
            }
            rows.end();
        } catch (IOException e) {
            throw new FeedRejectedException("the index cannot be read: " + e.getMessage(), e);
        }
    }

    private FeedRejectedException issuerMissing() {
        return new FeedRejectedException(
                ("index.txt does not say whose certificates it lists: name the issuer's"
                                + " certificate with --issuer (configured: %s)")
                        .formatted(
                                String.join(
                                        ", ",
                                        issuers.issuers().stream()
                                                .map(ConfiguredIssuer::name)
                                                .toList())));
    }

    /// Turns the lines of one index.txt into status changes.
    static final class IndexRowParser {
        /// Maximum number of bytes read of a line; OpenSSL itself writes far shorter ones.
        static final int MAX_LINE = 1 << 16;

        /// Serials shorter than this are small numbers, of which many have no letter.
        private static final int LONG_SERIAL = 16;

        /// Number of digits of long serials without a letter that indicates decimal numbers:
        /// hexadecimal serials reach it in one of 20 million files.
        private static final int ENOUGH_DIGITS = 36;

        private final IssuerKey issuer;
        private final RevocationPolicy policy;
        private final FeedSink sink;
        private final Instant now;
        private final boolean hexSerials;
        private final ReasonParser reasons = new ReasonParser();
        private long digitsWithoutLetter;
        private boolean sawLetter;

        IndexRowParser(ConfiguredIssuer issuer, FeedFile file, FeedSink sink) {
            this.issuer = issuer.key();
            this.now = file.source().takenIn();
            this.policy = new RevocationPolicy(issuer.profile(), now);
            this.hexSerials = file.options().hexSerials();
            this.sink = sink;
        }

        void line(SourceLocation.Line place, String text) {
            if (text.charAt(0) == '#') {
                return;
            }
            try {
                facts(place, IndexLine.parse(text, reasons));
            } catch (InvalidLineException e) {
                sink.refuse(place, String.valueOf(e.getMessage()));
            }
        }

        /// The relevant fields come first, so a line with a very long subject is parsed as far as
        /// it was kept.
        void tooLong(SourceLocation.Line place, String start) {
            try {
                IndexLine line = IndexLine.parse(start, reasons);
                sink.warn(
                        place,
                        "longer than %d bytes: what follows them was not read".formatted(MAX_LINE));
                facts(place, line);
            } catch (InvalidLineException e) {
                sink.refuse(place, "longer than " + MAX_LINE + " bytes");
            }
        }

        private void facts(SourceLocation.Line place, IndexLine line) {
            SerialKey key = new SerialKey(issuer, line.serial());
            if (!sawLetter) {
                watchLetters(line.serial());
            }
            if (line.contradiction().isPresent()) {
                sink.refuseRevocation(place, key, line.contradiction().get());
                return;
            }
            for (String remark : line.remarks()) {
                sink.warn(place, "serial " + line.serial() + ": " + remark);
            }
            StatusChange.Assign assigned =
                    new StatusChange.Assign(
                            key, AssignedBy.DECLARATION, line.notAfter(), Optional.empty());
            if (line.claim().isEmpty()) {
                sink.acceptGood(place, assigned);
            } else {
                revoked(place, assigned, line.claim().get());
            }
        }

        private void revoked(
                SourceLocation.Line place, StatusChange.Assign assigned, IndexLine.Claim claim) {
            SerialKey key = assigned.key();
            switch (judge(claim)) {
                case RevocationPolicy.Verdict.Refused refused ->
                        sink.refuseRevocation(place, key, refused.why());
                case RevocationPolicy.Verdict.Accepted accepted -> {
                    for (String remark : accepted.remarks()) {
                        sink.warn(place, "serial " + key.serial() + ": " + remark);
                    }
                    if (claim.at().isEmpty()) {
                        sink.warn(
                                place,
                                "serial %s: revoked as of %s, since no date is known"
                                        .formatted(key.serial(), now));
                    }
                    // Assigned first, so that it is not treated as a revocation of an unknown
                    // serial. The rules never reject what follows: see ChangeRules.
                    sink.accept(place, assigned);
                    sink.accept(place, accepted.change(key, assigned.notAfter()));
                }
            }
        }

        private RevocationPolicy.Verdict judge(IndexLine.Claim claim) {
            return claim.at().isPresent()
                    ? policy.judge(
                            new Revocation(
                                    claim.at().get(), claim.reason(), claim.invalidityDate()))
                    : policy.judgeUndated(claim.reason(), claim.invalidityDate());
        }

        private void watchLetters(Serial serial) {
            String digits = serial.toHex();
            if (digits.length() >= LONG_SERIAL) {
                sawLetter = digits.chars().anyMatch(c -> c >= 'a' && c <= 'f');
                digitsWithoutLetter += digits.length();
            }
        }

        /// @throws FeedRejectedException the serials seem to be decimal, which OpenSSL never writes
        void end() throws FeedRejectedException {
            if (!hexSerials && !sawLetter && digitsWithoutLetter >= ENOUGH_DIGITS) {
                throw new FeedRejectedException(
                        "no serial in it has a letter, so they seem decimal, but index.txt has them in"
                                + " hexadecimal: write them so, or load them with `load csv` as"
                                + " serial_decimal; if they are hexadecimal, load it with --hex-serials");
            }
        }

        /// One line of index.txt, parsed as far as possible.
        ///
        /// The other fields of an R line are left out if they are not understood, and so is an
        /// expiry: then `remarks` describes what was left out.
        ///
        /// @param claim the revocation; present on R lines
        /// @param contradiction present if a line other than R has a revocation, or the status is
        ///   S: the line cannot be used, though it may say that the serial is revoked
        record IndexLine(
                Serial serial,
                Optional<Instant> notAfter,
                Optional<Claim> claim,
                Optional<String> contradiction,
                List<String> remarks) {
            /// The revocation field of an R line.
            ///
            /// @param at empty if there is no date, or none is understood
            record Claim(
                    Optional<Instant> at,
                    RevocationReason reason,
                    Optional<Instant> invalidityDate) {}

            private static final int FIELDS = 6;
            private static final int FIELDS_WITH_SERIAL = 4;
            private static final int SHORTEST_BLANK_SEPARATED = 4;
            private static final String REVOCATION = "field 3 (revocation)";

            IndexLine {
                remarks = List.copyOf(remarks);
            }

            static IndexLine parse(String line, ReasonParser reasons) throws InvalidLineException {
                List<String> fields = fields(line);
                String status = fields.getFirst().strip().toUpperCase(Locale.ROOT);
                List<String> remarks = new ArrayList<>(0);
                boolean revoked = status.equals("R");
                if (fields.size() != FIELDS) {
                    String count =
                            "%d tab-separated fields where index.txt has %d"
                                    .formatted(fields.size(), FIELDS);
                    if (!revoked || fields.size() < FIELDS_WITH_SERIAL) {
                        throw new InvalidLineException(
                                fields.size() == 1
                                                && line.split(" +").length
                                                        >= SHORTEST_BLANK_SEPARATED
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
                                        .formatted(DisplayText.of(fields.getFirst().strip()));
                        if (revocation.isEmpty()) {
                            throw new InvalidLineException(why);
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

            /// Splits at tabs; a tab after a backslash belongs to its field, as OpenSSL reads it.
            private static List<String> fields(String line) {
                List<String> fields = new ArrayList<>(FIELDS);
                int start = 0;
                int tab = line.indexOf('\t');
                while (tab >= 0) {
                    if (tab == start || line.charAt(tab - 1) != '\\') {
                        fields.add(line.substring(start, tab));
                        start = tab + 1;
                    }
                    tab = line.indexOf('\t', tab + 1);
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
                                    : "field 2 (expiry) '%s' is not a time: left out"
                                            .formatted(DisplayText.of(text)));
                }
                return time;
            }

            /// A two-digit year up to 49 means 2000 and later.
            private static Optional<Instant> time(String text) {
                return TimeParser.parse(text)
                        .map(TimeParser.Parsed::time)
                        .filter(ChangeRules::isStorable);
            }

            /// The third field of an R line: `date[,reason[,detail]]`, as `openssl ca -revoke`
            /// writes it.
            private static Claim claim(String text, ReasonParser reasons, List<String> remarks) {
                String[] parts = text.split(",", 3);
                Optional<Instant> at = time(parts[0]);
                if (at.isEmpty()) {
                    remarks.add(
                            parts[0].isBlank()
                                    ? REVOCATION + " date is empty"
                                    : "%s date '%s' is not a time: left out"
                                            .formatted(REVOCATION, DisplayText.of(parts[0])));
                }
                String name = parts.length > 1 ? parts[1].strip() : "";
                String detail = parts.length > 2 ? parts[2].strip() : "";
                Optional<RevocationReason> reason = reasons.parse(name);
                if (reason.isEmpty()) {
                    remarks.add(
                            "%s has the unknown reason '%s': left out"
                                    .formatted(REVOCATION, DisplayText.of(name)));
                }
                return new Claim(
                        at,
                        reason.orElse(RevocationReason.UNSPECIFIED),
                        compromised(name, detail, remarks));
            }

            /// The time of compromise, which two of OpenSSL's options have.
            private static Optional<Instant> compromised(
                    String name, String detail, List<String> remarks) {
                boolean known =
                        switch (name.toLowerCase(Locale.ROOT)) {
                            case "keytime", "cakeytime" -> true;
                            default -> false;
                        };
                Optional<Instant> since = known ? time(detail) : Optional.empty();
                // A hold's detail says how to treat it, which RFC 5280 abandoned: the status is the
                // same.
                if (known && since.isEmpty()) {
                    remarks.add(
                            detail.isEmpty()
                                    ? REVOCATION + " time of compromise is empty"
                                    : "%s time of compromise '%s' is not a time: left out"
                                            .formatted(REVOCATION, DisplayText.of(detail)));
                } else if (!known
                        && !detail.isEmpty()
                        && !name.equalsIgnoreCase("holdInstruction")) {
                    remarks.add(
                            "%s has '%s' after reason %s, which takes nothing: left out"
                                    .formatted(
                                            REVOCATION,
                                            DisplayText.of(detail),
                                            DisplayText.of(name)));
                }
                return since;
            }

            private static Serial serial(String text) throws InvalidLineException {
                try {
                    return SerialParser.parse(text.strip());
                } catch (InvalidSerialException e) {
                    throw new InvalidLineException("field 4 (serial): " + e.getMessage());
                }
            }

            /// A line cannot be used; the message names the field and the reason.
            static final class InvalidLineException extends Exception {
                private static final long serialVersionUID = 1L;

                InvalidLineException(String message) {
                    super(message, null, false, false);
                }
            }
        }
    }
}
