package org.precertocsp.responder.intake.list;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedInputStream;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.TextEncoding;

/// Lists of serials and their status as comma-, semicolon- or tab-separated values (RFC 4180):
/// UTF-8, one header row, one row for each serial. The header, or Excel's `sep=` line before it,
/// names the separator.
///
/// | Column | Content |
/// |---|---|
/// | `serial` | or one of the next two, required: hexadecimal; `0x`, colons, hyphens as in Vault |
/// | `serial_hex` | the same, for files whose serials have no letter (see below) |
/// | `serial_decimal` | decimal |
/// | `status` | required: `good` or `revoked`; also `valid`, `V`, `R`, EJBCA's 20 and 40 |
/// | `revocation_date` | when it was revoked; empty where good |
/// | `reason` | as [org.precertocsp.responder.intake.ReasonParser] reads it |
/// | `invalidity_date` | since when the key is suspected |
/// | `not_after` | end of the certificate; without it the time to delete its record is unknown |
/// | `issuer` | name of the issuer in the configuration; needed unless the load names one |
///
/// A file with a column `serial` and no letter in it is rejected, since it may be decimal: one of
/// the other two names then says which it is.
///
/// Columns may be in any order and letter case; `--column serial=SerialNumber` gives another tool's
/// name for one. Dates are as [org.precertocsp.responder.intake.TimeParser] reads them. Unknown
/// columns cause the file to be rejected unless some are mapped, since a misspelt one must not lose
/// data. A row that cannot be used is rejected alone.
///
/// Each row makes its serial assigned; a `revoked` row also revokes it, whatever else it contains:
/// a reason or a date that is not understood is left out with a warning, and without a usable
/// revocation_date it is revoked as of the load. Forbidden reasons are treated as in CRLs, see
/// `RevocationPolicy`.
public final class CsvFeed implements FeedReader {
    private final ConfiguredIssuer.Directory issuers;

    public CsvFeed(ConfiguredIssuer.Directory issuers) {
        this.issuers = issuers;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRejectedException {
        try (CsvReader rows = open(file)) {
            read(rows, file, sink);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void read(CsvReader row, FeedFile file, FeedSink sink)
            throws FeedRejectedException, IOException {
        toHeader(row);
        CsvColumns columns = CsvColumns.of(row, file.options().columns());
        CsvRowParser rows = new CsvRowParser(columns, issuers, file, sink);
        while (row.next()) {
            forbidLineEnds(row);
            rows.row(new SourceLocation.Line(row.line()), row);
        }
        rows.end();
    }

    /// The first row that is not empty.
    private static void toHeader(CsvReader row) throws FeedRejectedException, IOException {
        do {
            if (!row.next()) {
                throw new FeedRejectedException("the file is empty: a header row is required");
            }
        } while (row.isBlank());
    }

    /// A quote that is never closed swallows the rows after it, up to the next quote; no valid
    /// value contains a line end.
    private static void forbidLineEnds(CsvReader row) throws FeedRejectedException {
        if (row.brokenValue() > 0) {
            throw new FeedRejectedException(
                    ("line %d: the quoted value in column %d runs into the next line: is"
                                    + " its closing quote missing?")
                            .formatted(row.line(), row.brokenValue()));
        }
    }

    private static FeedRejectedException unreadable(IOException e) {
        return e instanceof CharacterCodingException
                ? new FeedRejectedException("the file is not UTF-8: save it as CSV UTF-8", e)
                : new FeedRejectedException("the CSV cannot be read: " + e.getMessage(), e);
    }

    /// Opens the text of a file without its byte order mark and Excel's `sep=` line, with the
    /// separator that its header uses.
    private static CsvReader open(FeedFile file) throws FeedRejectedException, IOException {
        InputStream in = FeedInputStream.open(file);
        try {
            return CsvStart.open(in);
        } catch (FeedRejectedException | IOException e) {
            in.close();
            throw e;
        }
    }

    /// The beginning of a file, which tells its separator.
    private static final class CsvStart {
        private static final int LOOK_AHEAD = 1 << 14;
        private static final String SEPARATORS = ",;\t|";

        private CsvStart() {}

        static CsvReader open(InputStream in) throws FeedRejectedException, IOException {
            byte[] start = in.readNBytes(LOOK_AHEAD);
            TextEncoding.forbidUtf16(start, "save it as CSV UTF-8");
            int text = TextEncoding.markLength(start);
            int header = afterSeparatorHint(start, text);
            char separator = header > text ? hint(start, text) : separatorIn(start, header);
            InputStream whole =
                    new SequenceInputStream(
                            new ByteArrayInputStream(start, header, start.length - header), in);
            return new CsvReader(whole, separator, header > text ? 2 : 1);
        }

        /// The start of the line after Excel's `sep=;`, quoted or not; `from` if there is no such
        /// line.
        private static int afterSeparatorHint(byte[] start, int from) {
            int end = from;
            while (end < start.length && start[end] != '\n' && start[end] != '\r') {
                end++;
            }
            String line = new String(start, from, end - from, StandardCharsets.ISO_8859_1);
            boolean hint = line.matches("(?i)\"?sep=[^\"A-Za-z0-9]\"?[,;\t|]*");
            if (!hint || end == start.length) {
                return from;
            }
            return start[end] == '\r' && end + 1 < start.length && start[end + 1] == '\n'
                    ? end + 2
                    : end + 1;
        }

        private static char hint(byte[] start, int from) {
            int sign = from;
            while (start[sign] != '=') {
                sign++;
            }
            return (char) start[sign + 1];
        }

        /// The separator that occurs most in the first line with text.
        private static char separatorIn(byte[] start, int from) {
            int[] counts = new int[SEPARATORS.length()];
            boolean inLine = false;
            boolean quoted = false;
            for (int i = from; i < start.length; i++) {
                byte b = start[i];
                boolean lineEnd = b == '\n' || b == '\r';
                if (lineEnd && inLine) {
                    break;
                }
                inLine |= !lineEnd;
                quoted ^= b == '"';
                int which = quoted ? -1 : SEPARATORS.indexOf(b);
                if (which >= 0) {
                    counts[which]++;
                }
            }
            int most = 0;
            for (int i = 1; i < counts.length; i++) {
                most = counts[i] > counts[most] ? i : most;
            }
            return SEPARATORS.charAt(most);
        }
    }
}
