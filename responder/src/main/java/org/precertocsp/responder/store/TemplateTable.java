package org.precertocsp.responder.store;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.signer.ResponseTemplate;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The templates of stored responses, each stored once under a short number. None is ever removed:
/// a credential has one, of a certificate's size, and the last response it signed outlives it.
/// Thread-safe; one writer at a time.
final class TemplateTable {
    private record Numbered(ResponseTemplate template, int number) {}

    private static final Logger LOG = LoggerFactory.getLogger(TemplateTable.class);
    private static final byte[] FIRST = {};
    private static final byte[] END = {-1, -1, -1, -1, -1};

    private final RocksDatabase database;
    private final Map<Integer, ResponseTemplate> byNumber = new ConcurrentHashMap<>();
    private final Map<ByteString, Integer> numbers = new ConcurrentHashMap<>();

    // In batches that may not have been written: repeated in the next.
    private final Set<Integer> unwritten = new HashSet<>();
    private int last;

    // Nearly always the one requested: saves hashing a kilobyte each time.
    private @Nullable Numbered latest;

    private TemplateTable(RocksDatabase database) {
        this.database = database;
    }

    static TemplateTable read(RocksDatabase database) {
        TemplateTable templates = new TemplateTable(database);
        database.walk(ColumnFamily.TEMPLATES, FIRST, END, Integer.MAX_VALUE, templates::learn);
        return templates;
    }

    /// A template that cannot be read costs the responses that need it, never the store.
    private void learn(byte[] key, byte[] value) {
        int number = RecordCodec.number(key);
        last = Math.max(last, number);
        try {
            ResponseTemplate template = ResponseTemplate.decode(ByteString.of(value));
            byNumber.put(number, template);
            numbers.put(template.id(), number);
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "stored responses of template {} are left aside: it cannot be read, {}",
                    number,
                    e.getMessage());
        }
    }

    /// @throws StoreException there is none with that number
    ResponseTemplate of(int number) {
        ResponseTemplate template = byNumber.get(number);
        if (template == null) {
            throw new StoreException("a stored response names template %d".formatted(number), null);
        }
        return template;
    }

    /// The template's number; a new one is written with the batch that needs it first.
    int number(ResponseTemplate template, WriteBatch batch) throws RocksDBException {
        Numbered found = latest;
        if (found == null || found.template() != template) {
            found = new Numbered(template, numbers.computeIfAbsent(template.id(), _ -> next()));
            latest = found;
            byNumber.putIfAbsent(found.number(), template);
        }
        if (unwritten.contains(found.number())) {
            byte[] key = RecordCodec.number(found.number());
            database.add(batch, ColumnFamily.TEMPLATES, key, template.encoded().toArray());
        }
        return found.number();
    }

    private int next() {
        last++;
        unwritten.add(last);
        return last;
    }

    /// Called once the batch is written.
    void written() {
        unwritten.clear();
    }
}
