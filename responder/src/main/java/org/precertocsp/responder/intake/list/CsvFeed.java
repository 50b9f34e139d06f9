package org.precertocsp.responder.intake.list;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
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
    private static final int MAX_RECORD_CHARS = 1 << 16;

    private final ConfiguredIssuer.Directory issuers;

    public CsvFeed(ConfiguredIssuer.Directory issuers) {
        this.issuers = issuers;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRejectedException {
        try (CsvText text = CsvText.open(file);
                CloseableIterator<CsvRecord> records = reader(text).iterator()) {
            read(records, text.skippedLines(), file, sink);
        } catch (IOException e) {
            throw unreadable(e);
        } catch (UncheckedIOException e) {
            throw unreadable(Objects.requireNonNull(e.getCause()));
        } catch (CsvParseException e) {
            throw new FeedRejectedException("not well-formed CSV: " + cause(e), e);
        }
    }

    private static CsvReader<CsvRecord> reader(CsvText text) {
        return CsvReader.builder()
                .fieldSeparator(text.separator())
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .maxBufferSize(MAX_RECORD_CHARS)
                .ofCsvRecord(text.reader());
    }

    private void read(
            CloseableIterator<CsvRecord> records, int skippedLines, FeedFile file, FeedSink sink)
            throws FeedRejectedException {
        CsvRecord header = header(records);
        CsvColumns columns = CsvColumns.of(header, file.options().columns());
        CsvRowParser rows = new CsvRowParser(columns, issuers, file, sink);
        while (records.hasNext()) {
            CsvRecord row = records.next();
            long line = row.getStartingLineNumber() + skippedLines;
            forbidLineBreaks(row, line);
            rows.row(new SourceLocation.Line(line), row);
        }
        rows.end();
    }

    /// The first row that is not empty.
    private static CsvRecord header(CloseableIterator<CsvRecord> records)
            throws FeedRejectedException {
        while (records.hasNext()) {
            CsvRecord record = records.next();
            if (!CsvColumns.isEmpty(record)) {
                return record;
            }
        }
        throw new FeedRejectedException("the file is empty: a header row is required");
    }

    /// A quote that is never closed swallows the rows after it, up to the next quote; no valid
    /// value contains a line break.
    private static void forbidLineBreaks(CsvRecord row, long line) throws FeedRejectedException {
        for (int i = 0; i < row.getFieldCount(); i++) {
            if (row.getField(i).indexOf('\n') >= 0 || row.getField(i).indexOf('\r') >= 0) {
                throw new FeedRejectedException(
                        ("line %d: the quoted value in column %d runs into the next line: is"
                                        + " its closing quote missing?")
                                .formatted(line, i + 1));
            }
        }
    }

    private static FeedRejectedException unreadable(IOException e) {
        return e instanceof CharacterCodingException
                ? new FeedRejectedException("the file is not UTF-8: save it as CSV UTF-8", e)
                : new FeedRejectedException("the CSV cannot be read: " + e.getMessage(), e);
    }

    private static String cause(CsvParseException e) {
        Throwable cause = e.getCause();
        return e.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
    }

    /// The text of a CSV file without its byte order mark and Excel's `sep=` line, and the
    /// separator its header uses.
    ///
    /// @param skippedLines lines of the file before the text
    record CsvText(Reader reader, char separator, int skippedLines) implements Closeable {
        private static final int LOOK_AHEAD = 1 << 14;
        private static final String SEPARATORS = ",;\t|";

        static CsvText open(FeedFile file) throws FeedRejectedException, IOException {
            InputStream in = FeedInputStream.open(file);
            try {
                byte[] start = in.readNBytes(LOOK_AHEAD);
                TextEncoding.forbidUtf16(start, "save it as CSV UTF-8");
                int text = TextEncoding.markLength(start);
                int header = afterSeparatorHint(start, text);
                char separator = header > text ? hint(start, text) : separatorIn(start, header);
                InputStream whole =
                        new SequenceInputStream(
                                new ByteArrayInputStream(start, header, start.length - header), in);
                Reader reader =
                        new InputStreamReader(
                                whole,
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPORT)
                                        .onUnmappableCharacter(CodingErrorAction.REPORT));
                return new CsvText(
                        new BufferedReader(reader, 1 << 16), separator, header > text ? 1 : 0);
            } catch (FeedRejectedException | IOException e) {
                in.close();
                throw e;
            }
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
                byte octet = start[i];
                boolean lineEnd = octet == '\n' || octet == '\r';
                if (lineEnd && inLine) {
                    break;
                }
                inLine |= !lineEnd;
                quoted ^= octet == '"';
                int which = quoted ? -1 : SEPARATORS.indexOf(octet);
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

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
