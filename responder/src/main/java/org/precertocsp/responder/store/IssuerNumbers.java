package org.precertocsp.responder.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.status.StoreException;

/// The short numbers that identify issuers in keys: two bytes per serial instead of 64. Assigned
/// once, never changed. Thread-safe; one writer at a time.
final class IssuerNumbers {
    static final int MAX_ISSUERS = 0xffff;
    private static final int SHA256_BYTES = 32;

    /// Both SHA-256 hashes of an issuer, which are its key on disk.
    record Hashes(ByteString name, ByteString key) {
        static Hashes of(IssuerKey issuer) {
            return new Hashes(
                    issuer.nameHash(HashAlgorithm.SHA256), issuer.keyHash(HashAlgorithm.SHA256));
        }

        /// [IssuerKey#hashCode] of the issuer.
        int hashOfIssuer() {
            return IssuerKey.hashCodeOf(name, key);
        }

        byte[] toDiskKey() {
            return new RowWriter().raw(name.toArray()).raw(key.toArray()).toArray();
        }
    }

    private static final int MAX_SEEN = 64;

    /// A cached issuer, found by identity.
    private record Seen(IssuerKey issuer, int number) {}

    /// The numbers as readers see them; replaced as a whole, so that readers need no lock.
    ///
    /// @param seen the issuers looked up repeatedly
    private record Known(Map<Hashes, Integer> numbers, List<Seen> seen) {}

    private final AtomicReference<Known> known;

    private IssuerNumbers(Map<Hashes, Integer> numbers) {
        this.known = new AtomicReference<>(new Known(Map.copyOf(numbers), List.of()));
    }

    static IssuerNumbers read(RocksDatabase database) {
        return new IssuerNumbers(numbers(database));
    }

    /// Reloads the numbers from the store: a set whose write failed may have been found complete.
    void readAgain(RocksDatabase database) {
        known.set(new Known(Map.copyOf(numbers(database)), List.of()));
    }

    private static Map<Hashes, Integer> numbers(RocksDatabase database) {
        Map<Hashes, Integer> numbers = new HashMap<>();
        database.onSnapshot(
                view -> {
                    view.scan(
                            ColumnFamily.ISSUERS,
                            new byte[0],
                            (key, value) -> numbers.put(hashes(key), RecordCodec.number(value)));
                    return true;
                });
        return numbers;
    }

    static Hashes hashes(byte[] diskKey) {
        if (diskKey.length != 2 * SHA256_BYTES) {
            throw new StoreException("an issuer row has a key of " + diskKey.length, null);
        }
        return new Hashes(
                ByteString.of(diskKey, 0, SHA256_BYTES),
                ByteString.of(diskKey, SHA256_BYTES, SHA256_BYTES));
    }

    /// All issuers with their numbers.
    Map<Hashes, Integer> all() {
        return known.get().numbers();
    }

    /// As [#find], without garbage for issuers looked up repeatedly; 0 for none.
    @SuppressWarnings("ReferenceEquality")
    int numberOf(IssuerKey issuer) {
        Known now = known.get();
        List<Seen> seen = now.seen();
        for (int i = 0; i < seen.size(); i++) {
            if (seen.get(i).issuer() == issuer) {
                return seen.get(i).number();
            }
        }
        int number = now.numbers().getOrDefault(Hashes.of(issuer), 0);
        if (number != 0 && seen.size() < MAX_SEEN) {
            List<Seen> more = new ArrayList<>(seen);
            more.add(new Seen(issuer, number));
            // Fails if a writer came between, which may have withdrawn the number.
            known.compareAndSet(now, new Known(now.numbers(), List.copyOf(more)));
        }
        return number;
    }

    /// Empty for an issuer without any stored row.
    OptionalInt find(IssuerKey issuer) {
        int number = numberOf(issuer);
        return number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /// The number of the next new issuer, when `pending` others wait to be added.
    ///
    /// @throws StoreException all numbers are in use
    int next(int pending) {
        int next = known.get().numbers().size() + pending + 1;
        if (next > MAX_ISSUERS) {
            throw new StoreException(
                    "a store holds at most %,d issuers".formatted(MAX_ISSUERS), null);
        }
        return next;
    }

    /// Makes readers look up the issuers of a set that is being committed. Called before the set is
    /// written, so that all its changes appear at once: a number without rows reads as unassigned.
    void add(Map<Hashes, Integer> added) {
        if (!added.isEmpty()) {
            known.updateAndGet(
                    now -> {
                        Map<Hashes, Integer> all = new HashMap<>(now.numbers());
                        all.putAll(added);
                        return new Known(Map.copyOf(all), now.seen());
                    });
        }
    }

    /// Undoes [#add], when the write failed and the numbers are not on disk.
    void remove(Map<Hashes, Integer> added) {
        if (!added.isEmpty()) {
            known.updateAndGet(
                    now -> {
                        Map<Hashes, Integer> rest = new HashMap<>(now.numbers());
                        rest.keySet().removeAll(added.keySet());
                        return new Known(Map.copyOf(rest), List.of());
                    });
        }
    }
}
