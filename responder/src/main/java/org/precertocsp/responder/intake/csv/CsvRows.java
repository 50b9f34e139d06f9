package org.precertocsp.responder.intake.csv;

import de.siegmar.fastcsv.reader.CsvRecord;

import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.RevocationPolicy;
import org.precertocsp.responder.intake.csv.CsvColumns.Column;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Turns the rows of one file into status changes.
final class CsvRows {
    private final CsvColumns columns;
    private final FeedSink sink;
    private final Optional<FedIssuer> named;
    private final Instant now;
    private final CsvSerials serials;
    private final Map<String, FedIssuer> byName = new HashMap<>();

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
    }

    void row(Place place, CsvRecord row) {
        try {
            if (row.getFieldCount() != columns.count()) {
                throw new BadRow(
                        "%d values where the header has %d columns"
                                .formatted(row.getFieldCount(), columns.count()));
            }
            facts(place, row);
        } catch (BadRow e) {
            sink.refuse(place, String.valueOf(e.getMessage()));
        }
    }

    /// @throws FeedRefused the file as a whole turned out not to mean what it seems to
    void end() throws FeedRefused {
        serials.end();
    }

    private void facts(Place place, CsvRecord row) throws BadRow {
        FedIssuer issuer = issuer(columns.value(row, Column.ISSUER));
        SerialKey key =
                new SerialKey(issuer.key(), serials.parse(columns.value(row, columns.serial())));
        Optional<Instant> notAfter = date(row, Column.NOT_AFTER);
        StatusChange assigned =
                new StatusChange.Assign(key, AssignedBy.DECLARATION, notAfter, Optional.empty());
        Optional<Revocation> claimed = revocation(row);
        if (claimed.isEmpty()) {
            sink.accept(place, assigned);
            return;
        }
        switch (new RevocationPolicy(issuer.profile(), now).judge(claimed.get())) {
            case RevocationPolicy.Verdict.Refused refused -> sink.refuse(place, refused.why());
            case RevocationPolicy.Verdict.Accepted accepted -> {
                accepted.remarks().forEach(remark -> sink.warn(place, remark));
                // Assigned first, so that it is not taken for a revocation of an unknown serial.
                sink.accept(place, assigned);
                sink.accept(place, accepted.change(key, notAfter));
            }
        }
    }

    private FedIssuer issuer(String name) throws BadRow {
        if (name.isEmpty()) {
            return named.orElseThrow(
                    () -> new BadRow("issuer is empty: fill it in, or name one with --issuer"));
        }
        FedIssuer issuer = byName.get(name);
        if (issuer == null) {
            throw new BadRow("issuer '" + BadRow.shown(name) + "' is not in the configuration");
        }
        if (named.isPresent() && !named.get().key().equals(issuer.key())) {
            throw new BadRow(
                    "the row is of issuer '%s', but the load names '%s'"
                            .formatted(name, named.get().name()));
        }
        return issuer;
    }

    private Optional<Instant> date(CsvRecord row, Column column) throws BadRow {
        String text = columns.value(row, column);
        return text.isEmpty() ? Optional.empty() : Optional.of(CsvDates.parse(text, column));
    }

    private Optional<Revocation> revocation(CsvRecord row) throws BadRow {
        String status = columns.value(row, Column.STATUS);
        if (status.equalsIgnoreCase("good")) {
            forbid(row, Column.REVOCATION_DATE);
            forbid(row, Column.REASON);
            forbid(row, Column.INVALIDITY_DATE);
            return Optional.empty();
        }
        if (!status.equalsIgnoreCase("revoked")) {
            throw new BadRow("status '" + BadRow.shown(status) + "' is neither good nor revoked");
        }
        Optional<Instant> at = date(row, Column.REVOCATION_DATE);
        if (at.isEmpty()) {
            throw new BadRow("revoked without a revocation_date");
        }
        return Optional.of(
                new Revocation(at.get(), reason(row), date(row, Column.INVALIDITY_DATE)));
    }

    /// A row that says both is a mistake, and which of the two is not ours to guess.
    private void forbid(CsvRecord row, Column column) throws BadRow {
        if (!columns.value(row, column).isEmpty()) {
            throw new BadRow("status is good, but the row has a " + column + ": which is it?");
        }
    }

    private RevocationReason reason(CsvRecord row) throws BadRow {
        String text = columns.value(row, Column.REASON);
        if (text.isEmpty()) {
            return RevocationReason.UNSPECIFIED;
        }
        return RevocationReason.ofText(text)
                .orElseThrow(
                        () ->
                                new BadRow(
                                        ("reason '%s' is neither a name nor a number of RFC 5280"
                                                        + " §5.3.1")
                                                .formatted(BadRow.shown(text))));
    }
}
