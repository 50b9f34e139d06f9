package org.precertocsp.responder.rocksdb;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.signer.ResponseTemplate;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The templates of stored responses, each kept once under a short number. None is ever removed: a
/// credential has one, of a certificate's size, and what it signed last outlives it. Thread-safe;
/// one writer at a time.
final class Templates {
    private record Numbered(ResponseTemplate template, int number) {}

    private static final Logger LOG = LoggerFactory.getLogger(Templates.class);
    private static final byte[] FIRST = {};
    private static final byte[] END = {-1, -1, -1, -1, -1};

    private final Database database;
    private final Map<Integer, ResponseTemplate> byNumber = new ConcurrentHashMap<>();
    private final Map<Octets, Integer> numbers = new ConcurrentHashMap<>();

    // In batches that are not known to be written: repeated in the next.
    private final Set<Integer> unwritten = new HashSet<>();
    private int last;

    // Nearly always the one asked for: saves hashing a kilobyte each time.
    private @Nullable Numbered latest;

    private Templates(Database database) {
        this.database = database;
    }

    static Templates read(Database database) {
        Templates templates = new Templates(database);
        database.walk(Family.TEMPLATES, FIRST, END, Integer.MAX_VALUE, templates::learn);
        return templates;
    }

    /// One that cannot be read costs the responses that need it, never the store.
    private void learn(byte[] key, byte[] value) {
        int number = Rows.number(key);
        last = Math.max(last, number);
        try {
            ResponseTemplate template = ResponseTemplate.decode(Octets.of(value));
            byNumber.put(number, template);
            numbers.put(template.id(), number);
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "stored responses of template {} are left aside: it cannot be read, {}",
                    number,
                    e.getMessage());
        }
    }

    /// @throws StoreFailure there is none of that number
    ResponseTemplate of(int number) {
        ResponseTemplate template = byNumber.get(number);
        if (template == null) {
            throw new StoreFailure("a stored response names template %d".formatted(number), null);
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
            byte[] key = Rows.number(found.number());
            database.add(batch, Family.TEMPLATES, key, template.encoded().toArray());
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
