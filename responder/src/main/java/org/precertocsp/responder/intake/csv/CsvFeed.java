package org.precertocsp.responder.intake.csv;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.Objects;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.StatusFeed;

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
/// | `not_after` | end of the certificate; without it nothing is known of when to forget it |
/// | `issuer` | name of the issuer in the configuration; needed unless the load names one |
///
/// A file with a column `serial` and never a letter in it is refused, since it may well be decimal:
/// one of the other two names then says which.
///
/// Columns come in any order and letter case; `--column serial=SerialNumber` says what another tool
/// calls one. Dates are as [org.precertocsp.responder.intake.TimeParser] reads them. Unknown
/// columns refuse the file unless some are mapped, for a misspelt one must not lose data. A row
/// that cannot be used is refused alone.
///
/// Each row makes its serial assigned; a `revoked` row also revokes it, whatever else is in it: a
/// reason or a date that is not understood is left out with a warning, and without a usable
/// revocation_date it is revoked as of the load. Forbidden reasons are treated as in CRLs, see
/// `RevocationPolicy`.
public final class CsvFeed implements StatusFeed {
    private static final int MAX_RECORD_CHARS = 1 << 16;

    private final FedIssuer.Directory issuers;

    public CsvFeed(FedIssuer.Directory issuers) {
        this.issuers = issuers;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRefused {
        try (CsvText text = CsvText.open(file);
                CloseableIterator<CsvRecord> records = reader(text).iterator()) {
            read(records, text.skippedLines(), file, sink);
        } catch (IOException e) {
            throw unreadable(e);
        } catch (UncheckedIOException e) {
            throw unreadable(Objects.requireNonNull(e.getCause()));
        } catch (CsvParseException e) {
            throw new FeedRefused("not well-formed CSV: " + cause(e), e);
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
            throws FeedRefused {
        CsvRecord header = header(records);
        CsvColumns columns = CsvColumns.of(header, file.options().columns());
        CsvRows rows = new CsvRows(columns, issuers, file, sink);
        while (records.hasNext()) {
            CsvRecord row = records.next();
            long line = row.getStartingLineNumber() + skippedLines;
            forbidLineBreaks(row, line);
            rows.row(new Place.Line(line), row);
        }
        rows.end();
    }

    /// The first row with anything in it.
    private static CsvRecord header(CloseableIterator<CsvRecord> records) throws FeedRefused {
        while (records.hasNext()) {
            CsvRecord record = records.next();
            if (!CsvColumns.isEmpty(record)) {
                return record;
            }
        }
        throw new FeedRefused("the file is empty: a header row is required");
    }

    /// A quote that was never closed swallows the rows after it, up to the next quote; no value of
    /// ours has a line break.
    private static void forbidLineBreaks(CsvRecord row, long line) throws FeedRefused {
        for (int i = 0; i < row.getFieldCount(); i++) {
            if (row.getField(i).indexOf('\n') >= 0 || row.getField(i).indexOf('\r') >= 0) {
                throw new FeedRefused(
                        ("line %d: the quoted value in column %d runs into the next line: is"
                                        + " its closing quote missing?")
                                .formatted(line, i + 1));
            }
        }
    }

    private static FeedRefused unreadable(IOException e) {
        return e instanceof CharacterCodingException
                ? new FeedRefused("the file is not UTF-8: save it as CSV UTF-8", e)
                : new FeedRefused("the CSV cannot be read: " + e.getMessage(), e);
    }

    private static String cause(CsvParseException e) {
        Throwable cause = e.getCause();
        return e.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
    }
}
