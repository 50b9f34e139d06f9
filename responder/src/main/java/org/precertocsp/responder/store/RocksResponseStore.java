package org.precertocsp.responder.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.task.BackgroundTasks;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stored responses: found with one lookup, written asynchronously.
final class RocksResponseStore implements ResponseStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RocksResponseStore.class);

    private final RocksDatabase database;
    private final IssuerNumbers issuers;
    private final TemplateTable templates;
    private final RenewalSchedule planned;
    private final WriteBehind<StoredResponse> behind;
    private final Supplier<Optional<String>> full;
    private final LongAdder unreadable = new LongAdder();

    RocksResponseStore(
            RocksDatabase database,
            IssuerNumbers issuers,
            TemplateTable templates,
            RenewalSchedule planned,
            BackgroundTasks tasks,
            Supplier<Optional<String>> full) {
        this.full = full;
        this.database = database;
        this.issuers = issuers;
        this.templates = templates;
        this.planned = planned;
        this.behind = new WriteBehind<>(tasks, "response-writer", this::write);
    }

    @Override
    public Optional<StoredResponse> find(ResponseKey key) {
        OptionalInt issuer = issuers.find(key.serial().issuer());
        if (issuer.isEmpty()) {
            database.refuseIfClosed();
            return Optional.empty();
        }
        return find(issuer.getAsInt(), key, CertIdVariant.of(key));
    }

    @Override
    public List<Optional<StoredResponse>> findAll(List<ResponseKey> keys) {
        List<byte[]> rows = new ArrayList<>(keys.size());
        for (ResponseKey key : keys) {
            // Of an issuer that has no number yet there are no rows, and none has the number 0.
            int issuer = issuers.find(key.serial().issuer()).orElse(0);
            rows.add(RowKeys.response(issuer, key.serial().serial(), CertIdVariant.of(key)));
        }
        List<byte[]> values = database.getAll(ColumnFamily.RESPONSES, rows);
        List<Optional<StoredResponse>> found = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            byte[] value = values.get(i);
            found.add(value == null ? Optional.empty() : decode(keys.get(i), value));
        }
        return found;
    }

    private Optional<StoredResponse> find(int issuer, ResponseKey key, int form) {
        return database.get(
                        ColumnFamily.RESPONSES,
                        RowKeys.response(issuer, key.serial().serial(), form))
                .flatMap(row -> decode(key, row));
    }

    /// All forms of the responses of many serials.
    Map<Serial, List<StoredResponse>> findAll(
            int issuer, IssuerKey key, Collection<Serial> serials) {
        Map<Serial, List<StoredResponse>> found = new HashMap<>();
        List<byte[]> prefixes =
                serials.stream()
                        .sorted()
                        .distinct()
                        .map(serial -> RowKeys.serial(issuer, serial))
                        .toList();
        database.walkAll(
                ColumnFamily.RESPONSES,
                prefixes,
                CertIdVariant.COUNT,
                (row, value) -> {
                    Serial serial = RowKeys.serialOfResponse(row);
                    int form = row[row.length - 1];
                    decode(CertIdVariant.key(new SerialKey(key, serial), form), value)
                            .ifPresent(
                                    it ->
                                            found.computeIfAbsent(serial, _ -> new ArrayList<>())
                                                    .add(it));
                });
        return found;
    }

    /// A row that cannot be read counts as missing: it costs a signature.
    private Optional<StoredResponse> decode(ResponseKey key, byte[] row) {
        try {
            return Optional.of(ResponseCodec.decode(key, row, templates::of));
        } catch (StoreException e) {
            unreadable.increment();
            LOG.debug("stored response for {} left aside: {}", key.serial(), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void keep(StoredResponse response) {
        if (full.get().isPresent()) {
            behind.drop();
        } else {
            behind.offer(response);
        }
    }

    private void write(List<StoredResponse> responses) {
        planned.write(
                batch -> {
                    for (StoredResponse kept : responses) {
                        add(batch, kept);
                    }
                });
    }

    private void add(WriteBatch batch, StoredResponse kept) throws RocksDBException {
        SerialKey serial = kept.key().serial();
        OptionalInt issuer = issuers.find(serial.issuer());
        if (issuer.isPresent() && !isOvertaken(kept, issuer.getAsInt())) {
            planned.add(batch, issuer.getAsInt(), kept);
        }
    }

    /// A response signed before a revocation must not replace the one signed after it. Checked
    /// under the lock of [RenewalSchedule]: a thread that signs after the revocation also writes
    /// after us.
    private boolean isOvertaken(StoredResponse kept, int issuer) {
        SerialKey serial = kept.key().serial();
        return kept.status() instanceof CertStatus.Good
                && database.get(ColumnFamily.STATUS, RowKeys.serial(issuer, serial.serial()))
                        .map(row -> SerialRows.decode(serial, row))
                        .filter(RocksResponseStore::isGood)
                        .isEmpty();
    }

    private static boolean isGood(StatusRecord record) {
        return record instanceof StatusRecord.Assigned assigned && assigned.revocation().isEmpty();
    }

    WriteBehind.Counts counts() {
        return behind.counts();
    }

    long unreadable() {
        return unreadable.sum();
    }

    /// Writes the waiting responses.
    @Override
    public void close() {
        behind.close();
    }
}
