package org.precertocsp.signer.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// One PKCS#11 library, initialised while it has users. Thread-safe.
///
/// A library is initialised once per process, for all its users, so the loaded ones are kept in a
/// static map and shared by all keys. Restarting a library (C_Finalize, C_Initialize) invalidates
/// every session, and new ones may receive the same numbers: therefore each session carries the
/// *generation* in which it was opened, and a call from an older one fails before it reaches the
/// library. Otherwise a key could sign with a handle that has come to mean another key.
public final class Pkcs11Library {
    private static final int MAX_SLOTS = 1024;
    private static final int TOKEN_INFO_BYTES = 208;
    private static final long OS_LOCKING_OK = 0x2;
    private static final long CAN_SIGN = 0x800;

    private static final Duration FINALISING_WAIT = Duration.ofSeconds(2);

    private static final Map<Path, Pkcs11Library> LOADED = new HashMap<>();

    private final Pkcs11FunctionTable functions;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong generation = new AtomicLong();
    private int users; // guarded by LOADED
    private boolean initialised; // both guarded by the write lock
    private boolean initialisedElsewhere;

    private Pkcs11Library(Pkcs11FunctionTable functions) {
        this.functions = functions;
    }

    /// Loads and initialises the library unless that is done already. Every user must call
    /// [#release].
    public static Pkcs11Library use(Path library) throws Pkcs11Exception {
        synchronized (LOADED) {
            Path real = realPath(library);
            Pkcs11Library cryptoki = LOADED.get(real);
            if (cryptoki == null) {
                cryptoki = new Pkcs11Library(Pkcs11FunctionTable.load(real));
                LOADED.put(real, cryptoki);
            }
            cryptoki.initialiseOnce();
            cryptoki.users++;
            return cryptoki;
        }
    }

    /// Finalises the library when its last user has released it; unless a call hangs in it, since
    /// waiting for that would block the caller.
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

    /// Finalises and initialises again, unless a connection is alive, a call is in progress, or
    /// other code in this process initialised the library. This helps when a library has not
    /// noticed that its HSM is available again.
    ///
    /// @return true if it was done
    public boolean restartIfUnconnected() throws Pkcs11Exception {
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

    /// Records that a caller has a working login, which [#restartIfUnconnected] must not end.
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
    public List<Pkcs11Token> tokens() throws Pkcs11Exception {
        List<Pkcs11Token> tokens = new ArrayList<>();
        for (long slot : slots()) {
            try {
                Pkcs11Token token = token(slot);
                if (token.isInitialized()) {
                    tokens.add(token);
                }
            } catch (Pkcs11Exception e) {
                // A dead token must not prevent the use of ours; it is not in the list.
                if (e.returnValue() == Pkcs11ReturnValue.CRYPTOKI_NOT_INITIALIZED) {
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
            call(generation(), Pkcs11Function.GET_MECHANISM_INFO, slot, mechanism, info);
            return (info.get(JAVA_LONG, 16) & CAN_SIGN) != 0;
        } catch (Pkcs11Exception e) {
            return false; // CKR_MECHANISM_INVALID; other errors appear when signing
        }
    }

    /// Opens a read-only session.
    public Pkcs11Session openSession(long slot) throws Pkcs11Exception {
        return Pkcs11Session.open(this, slot, false);
    }

    /// Opens a session that may create objects.
    public Pkcs11Session openSessionToWrite(long slot) throws Pkcs11Exception {
        return Pkcs11Session.open(this, slot, true);
    }

    void call(long since, Pkcs11Function function, Object... arguments) throws Pkcs11Exception {
        lock.readLock().lock();
        try {
            if (since != generation()) {
                throw new Pkcs11Exception(
                        function.cName() + " was not called: the library has been restarted",
                        Pkcs11ReturnValue.CRYPTOKI_NOT_INITIALIZED,
                        null);
            }
            check(function, functions.call(function, arguments));
        } finally {
            lock.readLock().unlock();
        }
    }

    private static void check(Pkcs11Function function, long code) throws Pkcs11Exception {
        if (code != 0) {
            throw new Pkcs11Exception(function, code);
        }
    }

    private long[] slots() throws Pkcs11Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_LONG);
            byte present = 1;
            // The call without a buffer makes the library look for tokens again (§5.5).
            call(generation(), Pkcs11Function.GET_SLOT_LIST, present, MemorySegment.NULL, count);
            MemorySegment list = arena.allocate(JAVA_LONG, MAX_SLOTS);
            count.set(JAVA_LONG, 0, MAX_SLOTS);
            call(generation(), Pkcs11Function.GET_SLOT_LIST, present, list, count);
            long slots = count.get(JAVA_LONG, 0);
            if (slots < 0 || slots > MAX_SLOTS) {
                throw new Pkcs11Exception(
                        "C_GetSlotList returned " + Long.toUnsignedString(slots) + " slots",
                        Pkcs11ReturnValue.OTHER,
                        null);
            }
            return list.asSlice(0, 8 * slots).toArray(JAVA_LONG);
        }
    }

    private Pkcs11Token token(long slot) throws Pkcs11Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(TOKEN_INFO_BYTES, 8);
            call(generation(), Pkcs11Function.GET_TOKEN_INFO, slot, info);
            String model = text(info, 32, 32) + " " + text(info, 64, 16);
            return new Pkcs11Token(
                    slot,
                    text(info, 0, 32),
                    model.strip(),
                    text(info, 80, 16),
                    info.get(JAVA_LONG, 96));
        }
    }

    private static String text(MemorySegment struct, long offset, long length) {
        byte[] bytes = struct.asSlice(offset, length).toArray(JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8).replace('\0', ' ').stripTrailing();
    }

    private void initialiseOnce() throws Pkcs11Exception {
        lock.writeLock().lock();
        try {
            if (!initialised) {
                initialise();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void initialise() throws Pkcs11Exception {
        try (Arena arena = Arena.ofConfined()) {
            // CK_C_INITIALIZE_ARGS: four mutex functions (none), flags, reserved.
            MemorySegment arguments = arena.allocate(48, 8);
            arguments.set(JAVA_LONG, 4 * ADDRESS.byteSize(), OS_LOCKING_OK);
            long code = functions.call(Pkcs11Function.INITIALIZE, arguments);
            initialisedElsewhere =
                    Pkcs11ReturnValue.of(code) == Pkcs11ReturnValue.CRYPTOKI_ALREADY_INITIALIZED;
            if (!initialisedElsewhere) {
                check(Pkcs11Function.INITIALIZE, code);
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
            // Its result is irrelevant: the next call is C_Initialize or nothing.
            functions.call(Pkcs11Function.FINALIZE, MemorySegment.NULL);
        }
    }

    private static Path realPath(Path library) throws Pkcs11Exception {
        try {
            return library.toRealPath();
        } catch (IOException e) {
            throw new Pkcs11Exception(
                    "there is no PKCS#11 library " + library, Pkcs11ReturnValue.OTHER, e);
        }
    }

    /// The functions of one loaded library. Never unloaded: vendors' libraries crash on unloading.
    @SuppressWarnings("restricted") // native calls are what this class is for
    static final class Pkcs11FunctionTable {
        /// Pointers follow the two bytes of CK_VERSION, aligned to eight.
        private static final long FIRST_POINTER = 8;

        private static final long FUNCTIONS = 68;

        private final Map<Pkcs11Function, MethodHandle> handles =
                new EnumMap<>(Pkcs11Function.class);

        private Pkcs11FunctionTable(MemorySegment list) {
            for (Pkcs11Function function : Pkcs11Function.values()) {
                MemorySegment code = list.get(ADDRESS, FIRST_POINTER + 8L * function.place());
                handles.put(function, callable(code, function.descriptor()));
            }
        }

        static Pkcs11FunctionTable load(Path library) throws Pkcs11Exception {
            if (ADDRESS.byteSize() != 8 || System.getProperty("os.name").startsWith("Windows")) {
                throw unusable(library, "PKCS#11 is served on 64-bit Unix only", null);
            }
            try (Arena arena = Arena.ofConfined()) {
                SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
                MemorySegment getter = symbols.findOrThrow("C_GetFunctionList");
                MemorySegment pointer = arena.allocate(ADDRESS);
                long code =
                        invoke(
                                callable(getter, FunctionDescriptor.of(JAVA_LONG, ADDRESS)),
                                pointer);
                if (code != 0) {
                    throw unusable(library, "C_GetFunctionList answered " + code, null);
                }
                long size = FIRST_POINTER + 8 * FUNCTIONS;
                return new Pkcs11FunctionTable(pointer.get(ADDRESS, 0).reinterpret(size));
            } catch (IllegalArgumentException | NoSuchElementException e) {
                throw unusable(library, String.valueOf(e.getMessage()), e);
            }
        }

        /// @return the CK_RV
        long call(Pkcs11Function function, Object... arguments) {
            MethodHandle handle = handles.get(function);
            if (handle == null) {
                throw new IllegalStateException("every function has its handle");
            }
            return invoke(handle, arguments);
        }

        /// A handle that takes its arguments as one array, so that one call site serves all
        /// functions.
        private static MethodHandle callable(MemorySegment code, FunctionDescriptor descriptor) {
            int arity = descriptor.argumentLayouts().size();
            return Linker.nativeLinker()
                    .downcallHandle(code, descriptor)
                    .asSpreader(Object[].class, arity)
                    .asType(MethodType.methodType(long.class, Object[].class));
        }

        private static long invoke(MethodHandle handle, Object... arguments) {
            try {
                return (long) handle.invokeExact(arguments);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                // invokeExact declares it; C code throws nothing.
                throw new IllegalStateException("a native call threw", e);
            }
        }

        private static Pkcs11Exception unusable(
                Path library, String why, @Nullable Throwable cause) {
            return new Pkcs11Exception(
                    "cannot load the PKCS#11 library " + library + ": " + why,
                    Pkcs11ReturnValue.OTHER,
                    cause);
        }
    }
}
