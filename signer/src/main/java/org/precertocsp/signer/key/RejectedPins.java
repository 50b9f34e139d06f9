package org.precertocsp.signer.key;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.signer.pkcs11.Pkcs11Library;
import org.precertocsp.signer.pkcs11.Pkcs11Token;

/// The PINs that tokens have rejected, so that each is tried only once: three attempts lock most
/// tokens, and several issuers, the circuit breaker's probes and reconnecting threads all share one
/// token. Thread-safe.
///
/// Applies to the whole process, as the login to a token does (PKCS#11 §2.5), and so to all code
/// that opens keys. A PIN is identified by its bytes, not its source: a changed file is a new PIN.
/// Stored as a hash with a salt of this process.
final class RejectedPins {
    static final RejectedPins OF_THIS_PROCESS = new RejectedPins();

    /// Per token; the oldest are forgotten first.
    private static final int MAX_PINS = 16;

    private static final int SALT_BYTES = 32;

    private final byte[] salt = new byte[SALT_BYTES];
    private final Map<TokenKey, Refusals> tokens = new HashMap<>();

    private record TokenKey(Pkcs11Library library, String label, String serial) {}

    private RejectedPins() {
        new SecureRandom().nextBytes(salt);
    }

    Refusals of(Pkcs11Library library, Pkcs11Token token) {
        TokenKey key = new TokenKey(library, token.label(), token.serial());
        synchronized (tokens) {
            return tokens.computeIfAbsent(key, _ -> new Refusals(salt));
        }
    }

    /// An operator requested another attempt with every PIN.
    void forget() {
        synchronized (tokens) {
            tokens.values().forEach(Refusals::forget);
        }
    }

    /// The rejected PINs of one token. A login holds the lock, so that no two threads try a PIN at
    /// once.
    static final class Refusals {
        private final ReentrantLock lock = new ReentrantLock();
        private final byte[] salt;
        private final Map<ByteString, String> reasons =
                new LinkedHashMap<>() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<ByteString, String> eldest) {
                        return size() > MAX_PINS;
                    }
                };

        private Refusals(byte[] salt) {
            this.salt = salt;
        }

        /// False if another thread's login is still in progress: its token hangs.
        boolean begin(long waitMillis) {
            try {
                return lock.tryLock(waitMillis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        void end() {
            lock.unlock();
        }

        /// Why the token rejected this PIN, if it did.
        synchronized Optional<String> reason(char[] pin) {
            return Optional.ofNullable(reasons.get(hash(pin)));
        }

        synchronized void add(char[] pin, String reason) {
            reasons.put(hash(pin), reason);
        }

        private synchronized void forget() {
            reasons.clear();
        }

        private ByteString hash(char[] pin) {
            byte[] salted = Arrays.copyOf(salt, salt.length + 2 * pin.length);
            int at = salt.length;
            for (char character : pin) {
                salted[at++] = (byte) (character >> 8);
                salted[at++] = (byte) character;
            }
            ByteString hash = HashAlgorithm.SHA256.hash(ByteString.of(salted));
            Arrays.fill(salted, (byte) 0);
            return hash;
        }
    }
}
