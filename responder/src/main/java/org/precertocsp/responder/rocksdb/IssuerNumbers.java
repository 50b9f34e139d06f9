package org.precertocsp.responder.rocksdb;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.StoreFailure;

/// The short numbers that stand for issuers in keys: two octets each serial instead of 64. Given
/// once, kept for ever. Thread-safe; one writer at a time.
final class IssuerNumbers {
    static final int MAX_ISSUERS = 0xffff;
    private static final int SHA256_OCTETS = 32;

    /// Both SHA-256 hashes of an issuer, which are its key on disk.
    record Hashes(Octets name, Octets key) {
        static Hashes of(IssuerKey issuer) {
            return new Hashes(
                    issuer.nameHash(HashAlgorithm.SHA256), issuer.keyHash(HashAlgorithm.SHA256));
        }

        byte[] toDiskKey() {
            return new RowWriter().raw(name.toArray()).raw(key.toArray()).toArray();
        }
    }

    // Replaced whole by the writer, so that readers need no lock.
    private volatile Map<Hashes, Integer> numbers;

    private IssuerNumbers(Map<Hashes, Integer> numbers) {
        this.numbers = numbers;
    }

    static IssuerNumbers read(Database database) {
        Map<Hashes, Integer> numbers = new HashMap<>();
        database.onSnapshot(
                view -> {
                    view.scan(
                            Family.ISSUERS,
                            new byte[0],
                            (key, value) -> numbers.put(hashes(key), Rows.number(value)));
                    return true;
                });
        return new IssuerNumbers(Map.copyOf(numbers));
    }

    private static Hashes hashes(byte[] diskKey) {
        if (diskKey.length != 2 * SHA256_OCTETS) {
            throw new StoreFailure("an issuer row has a key of " + diskKey.length, null);
        }
        return new Hashes(
                Octets.of(diskKey, 0, SHA256_OCTETS),
                Octets.of(diskKey, SHA256_OCTETS, SHA256_OCTETS));
    }

    /// Empty for an issuer of which nothing was ever stored.
    OptionalInt find(IssuerKey issuer) {
        Integer number = numbers.get(Hashes.of(issuer));
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /// The number the next new issuer gets, when `pending` others wait to be added.
    ///
    /// @throws StoreFailure all are given
    int next(int pending) {
        int next = numbers.size() + pending + 1;
        if (next > MAX_ISSUERS) {
            throw new StoreFailure(
                    "a store holds at most %,d issuers".formatted(MAX_ISSUERS), null);
        }
        return next;
    }

    /// Makes readers look for the issuers of a set that is being committed. Done before the set is
    /// written, so that all its changes appear at once: a number without rows reads as unassigned.
    void add(Map<Hashes, Integer> added) {
        if (!added.isEmpty()) {
            Map<Hashes, Integer> all = new HashMap<>(numbers);
            all.putAll(added);
            numbers = Map.copyOf(all);
        }
    }

    /// Takes back what [#add] did, when writing failed and the numbers are not on disk.
    void remove(Map<Hashes, Integer> added) {
        if (!added.isEmpty()) {
            Map<Hashes, Integer> rest = new HashMap<>(numbers);
            rest.keySet().removeAll(added.keySet());
            numbers = Map.copyOf(rest);
        }
    }
}
