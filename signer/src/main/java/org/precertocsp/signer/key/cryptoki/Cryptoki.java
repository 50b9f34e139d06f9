package org.precertocsp.signer.key.cryptoki;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// One PKCS#11 library, initialised while anyone uses it. Thread-safe.
///
/// A library is initialised once per process, whoever asks, so the loaded ones are kept in a static
/// map and shared by all keys. Restarting a library (C_Finalize, C_Initialize) makes every session
/// void, and new ones may get the same numbers: therefore each session carries the *generation* it
/// was opened in, and a call from an older one fails before it reaches the library. Otherwise a key
/// could sign with a handle that has come to mean another key.
public final class Cryptoki {
    private static final int MAX_SLOTS = 1024;
    private static final int TOKEN_INFO_OCTETS = 208;
    private static final long OS_LOCKING_OK = 0x2;
    private static final long CAN_SIGN = 0x800;

    private static final Duration FINALISING_WAIT = Duration.ofSeconds(2);

    private static final Map<Path, Cryptoki> LOADED = new HashMap<>();

    private final FunctionTable functions;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong generation = new AtomicLong();
    private int users; // guarded by LOADED
    private boolean initialised; // both guarded by the write lock
    private boolean initialisedElsewhere;

    private Cryptoki(FunctionTable functions) {
        this.functions = functions;
    }

    /// Loads and initialises the library unless that is done already. Every use ends with
    /// [#release].
    public static Cryptoki use(Path library) throws CryptokiFailure {
        synchronized (LOADED) {
            Path real = realPath(library);
            Cryptoki cryptoki = LOADED.get(real);
            if (cryptoki == null) {
                cryptoki = new Cryptoki(FunctionTable.load(real));
                LOADED.put(real, cryptoki);
            }
            cryptoki.initialiseOnce();
            cryptoki.users++;
            return cryptoki;
        }
    }

    /// Finalises the library when its last user has gone; unless a call hangs in it, since waiting
    /// for that would hang whoever closes.
    public void release() {
        synchronized (LOADED) {
            users--;
            if (users == 0 && lockForFinalising()) {
                try {
                    finalise();
                } finally {
                    lock.writeLock().unlock();
                }
            }
        }
    }

    /// Finalises and initialises anew, unless a connection lives or a call is under way, or someone
    /// else in this process initialised the library. What helps when a library has not noticed that
    /// its HSM is back.
    ///
    /// @return true if it was done
    public boolean restartIfUnconnected() throws CryptokiFailure {
        if (connections.get() > 0 || !lock.writeLock().tryLock()) {
            return false;
        }
        try {
            if (initialisedElsewhere) {
                return false;
            }
            finalise();
            initialise();
            return true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Tells that somebody has a working login, which [#restartIfUnconnected] must not end.
    public void connected() {
        connections.incrementAndGet();
    }

    public void disconnected() {
        connections.decrementAndGet();
    }

    /// Changes with every restart.
    public long generation() {
        return generation.get();
    }

    /// The initialised tokens present.
    public List<Token> tokens() throws CryptokiFailure {
        List<Token> tokens = new ArrayList<>();
        for (long slot : slots()) {
            try {
                Token token = token(slot);
                if (token.isInitialized()) {
                    tokens.add(token);
                }
            } catch (CryptokiFailure e) {
                // A dead token beside ours must not keep us from ours; it is not in the list.
                if (e.returnValue() == ReturnValue.CRYPTOKI_NOT_INITIALIZED) {
                    throw e;
                }
            }
        }
        return tokens;
    }

    /// True if the token signs with the mechanism.
    public boolean signsWith(long slot, long mechanism) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(24, 8);
            call(generation(), Function.GET_MECHANISM_INFO, slot, mechanism, info);
            return (info.get(JAVA_LONG, 16) & CAN_SIGN) != 0;
        } catch (CryptokiFailure e) {
            return false; // CKR_MECHANISM_INVALID says no; anything else shows when signing
        }
    }

    /// Opens a read-only session.
    public Session openSession(long slot) throws CryptokiFailure {
        return Session.open(this, slot, false);
    }

    /// Opens a session that may make objects.
    public Session openSessionToWrite(long slot) throws CryptokiFailure {
        return Session.open(this, slot, true);
    }

    void call(long since, Function function, Object... arguments) throws CryptokiFailure {
        lock.readLock().lock();
        try {
            if (since != generation()) {
                throw new CryptokiFailure(
                        function.cName() + " was not called: the library has been restarted",
                        ReturnValue.CRYPTOKI_NOT_INITIALIZED,
                        null);
            }
            check(function, functions.call(function, arguments));
        } finally {
            lock.readLock().unlock();
        }
    }

    private static void check(Function function, long code) throws CryptokiFailure {
        if (code != 0) {
            throw new CryptokiFailure(function, code);
        }
    }

    private long[] slots() throws CryptokiFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_LONG);
            byte present = 1;
            // The call without a buffer makes the library look for tokens anew (§5.5).
            call(generation(), Function.GET_SLOT_LIST, present, MemorySegment.NULL, count);
            MemorySegment list = arena.allocate(JAVA_LONG, MAX_SLOTS);
            count.set(JAVA_LONG, 0, MAX_SLOTS);
            call(generation(), Function.GET_SLOT_LIST, present, list, count);
            long slots = count.get(JAVA_LONG, 0);
            if (slots < 0 || slots > MAX_SLOTS) {
                throw new CryptokiFailure(
                        "C_GetSlotList returned " + Long.toUnsignedString(slots) + " slots",
                        ReturnValue.OTHER,
                        null);
            }
            return list.asSlice(0, 8 * slots).toArray(JAVA_LONG);
        }
    }

    private Token token(long slot) throws CryptokiFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(TOKEN_INFO_OCTETS, 8);
            call(generation(), Function.GET_TOKEN_INFO, slot, info);
            String model = text(info, 32, 32) + " " + text(info, 64, 16);
            return new Token(
                    slot,
                    text(info, 0, 32),
                    model.strip(),
                    text(info, 80, 16),
                    info.get(JAVA_LONG, 96));
        }
    }

    private static String text(MemorySegment struct, long offset, long length) {
        byte[] octets = struct.asSlice(offset, length).toArray(JAVA_BYTE);
        return new String(octets, StandardCharsets.UTF_8).replace('\0', ' ').stripTrailing();
    }

    private void initialiseOnce() throws CryptokiFailure {
        lock.writeLock().lock();
        try {
            if (!initialised) {
                initialise();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void initialise() throws CryptokiFailure {
        try (Arena arena = Arena.ofConfined()) {
            // CK_C_INITIALIZE_ARGS: four mutex functions (none), flags, reserved.
            MemorySegment arguments = arena.allocate(48, 8);
            arguments.set(JAVA_LONG, 4 * ADDRESS.byteSize(), OS_LOCKING_OK);
            long code = functions.call(Function.INITIALIZE, arguments);
            initialisedElsewhere = ReturnValue.of(code) == ReturnValue.CRYPTOKI_ALREADY_INITIALIZED;
            if (!initialisedElsewhere) {
                check(Function.INITIALIZE, code);
            }
            initialised = true;
        }
    }

    private boolean lockForFinalising() {
        try {
            return lock.writeLock().tryLock(FINALISING_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void finalise() {
        generation.incrementAndGet();
        initialised = false;
        if (!initialisedElsewhere) {
            // Its result helps nobody: what comes next is C_Initialize or nothing.
            functions.call(Function.FINALIZE, MemorySegment.NULL);
        }
    }

    private static Path realPath(Path library) throws CryptokiFailure {
        try {
            return library.toRealPath();
        } catch (IOException e) {
            throw new CryptokiFailure(
                    "there is no PKCS#11 library " + library, ReturnValue.OTHER, e);
        }
    }
}
