package org.precertocsp.signer.key.cryptoki;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// The functions of one loaded library. Loaded for good: unloading is where vendors' libraries
/// crash.
@SuppressWarnings("restricted") // native calls are what this class is for
final class FunctionTable {
    /// Pointers follow the two bytes of CK_VERSION, aligned to eight.
    private static final long FIRST_POINTER = 8;

    private static final long FUNCTIONS = 68;

    private final Map<Function, MethodHandle> handles = new EnumMap<>(Function.class);

    private FunctionTable(MemorySegment list) {
        for (Function function : Function.values()) {
            MemorySegment code = list.get(ADDRESS, FIRST_POINTER + 8L * function.place());
            handles.put(function, callable(code, function.descriptor()));
        }
    }

    static FunctionTable load(Path library) throws CryptokiFailure {
        if (ADDRESS.byteSize() != 8 || System.getProperty("os.name").startsWith("Windows")) {
            throw unusable(library, "PKCS#11 is served on 64-bit Unix only", null);
        }
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
            MemorySegment getter = symbols.findOrThrow("C_GetFunctionList");
            MemorySegment pointer = arena.allocate(ADDRESS);
            long code =
                    invoke(callable(getter, FunctionDescriptor.of(JAVA_LONG, ADDRESS)), pointer);
            if (code != 0) {
                throw unusable(library, "C_GetFunctionList answered " + code, null);
            }
            long size = FIRST_POINTER + 8 * FUNCTIONS;
            return new FunctionTable(pointer.get(ADDRESS, 0).reinterpret(size));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw unusable(library, String.valueOf(e.getMessage()), e);
        }
    }

    /// @return the CK_RV
    long call(Function function, Object... arguments) {
        MethodHandle handle = handles.get(function);
        if (handle == null) {
            throw new IllegalStateException("every function has its handle");
        }
        return invoke(handle, arguments);
    }

    /// A handle that takes its arguments as one array, so that one call site serves all functions.
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

    private static CryptokiFailure unusable(Path library, String why, @Nullable Throwable cause) {
        return new CryptokiFailure(
                "cannot load the PKCS#11 library " + library + ": " + why,
                ReturnValue.OTHER,
                cause);
    }
}
