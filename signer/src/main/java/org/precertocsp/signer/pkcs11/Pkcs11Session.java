package org.precertocsp.signer.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.precertocsp.der.ByteString;

/// One session with a token; for one thread at a time. Blocks while the token works.
public final class Pkcs11Session {
    private static final long SERIAL_SESSION = 0x4;
    private static final long RW_SESSION = 0x2;
    private static final long USER = 1;
    private static final int MAX_OBJECTS = 4096;
    private static final int MAX_ATTRIBUTE_BYTES = 65_536;
    private static final int MAX_SIGNATURE_BYTES = 8192;
    private static final int ATTRIBUTE_BYTES = 24;

    private final Pkcs11Library cryptoki;
    private final long generation;
    private final long handle;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Pkcs11Session(Pkcs11Library cryptoki, long generation, long handle) {
        this.cryptoki = cryptoki;
        this.generation = generation;
        this.handle = handle;
    }

    static Pkcs11Session open(Pkcs11Library cryptoki, long slot, boolean writes)
            throws Pkcs11Exception {
        try (Arena arena = Arena.ofConfined()) {
            long generation = cryptoki.generation();
            MemorySegment handle = arena.allocate(JAVA_LONG);
            MemorySegment none = MemorySegment.NULL;
            long flags = writes ? SERIAL_SESSION | RW_SESSION : SERIAL_SESSION;
            cryptoki.call(generation, Pkcs11Function.OPEN_SESSION, slot, flags, none, none, handle);
            return new Pkcs11Session(cryptoki, generation, handle.get(JAVA_LONG, 0));
        }
    }

    /// Logs the whole process in as CKU_USER; succeeds if it is logged in already.
    public void login(char[] pin) throws Pkcs11Exception {
        byte[] encoded = utf8(pin);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.max(1, encoded.length));
            MemorySegment.copy(encoded, 0, copy, JAVA_BYTE, 0, encoded.length);
            try {
                call(Pkcs11Function.LOGIN, handle, USER, copy, (long) encoded.length);
            } finally {
                copy.fill((byte) 0);
            }
        } catch (Pkcs11Exception e) {
            if (e.returnValue() != Pkcs11ReturnValue.USER_ALREADY_LOGGED_IN) {
                throw e;
            }
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /// The handles of the objects that have all these attributes.
    public long[] find(List<Pkcs11Attribute> wanted) throws Pkcs11Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment template = template(arena, wanted);
            call(Pkcs11Function.FIND_OBJECTS_INIT, handle, template, (long) wanted.size());
            try {
                return found(arena);
            } finally {
                call(Pkcs11Function.FIND_OBJECTS_FINAL, handle);
            }
        }
    }

    /// An attribute's value; empty where the object has none or does not reveal it.
    public Optional<ByteString> attribute(long object, long type) throws Pkcs11Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, 8);
            attribute.set(JAVA_LONG, 0, type);
            call(Pkcs11Function.GET_ATTRIBUTE_VALUE, handle, object, attribute, 1L);
            long length = attribute.get(JAVA_LONG, 16);
            if (length <= 0 || length > MAX_ATTRIBUTE_BYTES) {
                return Optional.empty();
            }
            MemorySegment value = arena.allocate(length, 8);
            attribute.set(ADDRESS, 8, value);
            call(Pkcs11Function.GET_ATTRIBUTE_VALUE, handle, object, attribute, 1L);
            return Optional.of(ByteString.of(value.toArray(JAVA_BYTE)));
        } catch (Pkcs11Exception e) {
            return switch (e.returnValue()) {
                case ATTRIBUTE_TYPE_INVALID, ATTRIBUTE_SENSITIVE -> Optional.empty();
                default -> throw e;
            };
        }
    }

    /// Generates a key pair on the token.
    public void generateKeyPair(
            Pkcs11Mechanism mechanism,
            List<Pkcs11Attribute> publicKey,
            List<Pkcs11Attribute> privateKey)
            throws Pkcs11Exception {
        try (Arena arena = Arena.ofConfined()) {
            call(
                    Pkcs11Function.GENERATE_KEY_PAIR,
                    handle,
                    struct(arena, mechanism),
                    template(arena, publicKey),
                    (long) publicKey.size(),
                    template(arena, privateKey),
                    (long) privateKey.size(),
                    arena.allocate(JAVA_LONG),
                    arena.allocate(JAVA_LONG));
        }
    }

    /// Signs in one part.
    public byte[] sign(Pkcs11Mechanism mechanism, long key, byte[] data) throws Pkcs11Exception {
        try (Arena arena = Arena.ofConfined()) {
            call(Pkcs11Function.SIGN_INIT, handle, struct(arena, mechanism), key);
            MemorySegment signature = arena.allocate(MAX_SIGNATURE_BYTES);
            MemorySegment length = arena.allocate(JAVA_LONG);
            length.set(JAVA_LONG, 0, MAX_SIGNATURE_BYTES);
            MemorySegment input = arena.allocate(Math.max(1, data.length));
            MemorySegment.copy(data, 0, input, JAVA_BYTE, 0, data.length);
            call(Pkcs11Function.SIGN, handle, input, (long) data.length, signature, length);
            long signatureSize = length.get(JAVA_LONG, 0);
            if (signatureSize < 0 || signatureSize > MAX_SIGNATURE_BYTES) {
                throw new Pkcs11Exception(
                        "C_Sign returned a signature of "
                                + Long.toUnsignedString(signatureSize)
                                + " bytes",
                        Pkcs11ReturnValue.OTHER,
                        null);
            }
            return signature.asSlice(0, signatureSize).toArray(JAVA_BYTE);
        }
    }

    /// Closes as far as possible; a session of a dead token is closed already.
    public void close() {
        // Only once: the library may have given the number to another session since.
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            call(Pkcs11Function.CLOSE_SESSION, handle);
        } catch (Pkcs11Exception e) {
            // It is gone, which was the aim.
        }
    }

    private void call(Pkcs11Function function, Object... arguments) throws Pkcs11Exception {
        cryptoki.call(generation, function, arguments);
    }

    /// Through a buffer that is wiped: the PIN never becomes a String.
    private static byte[] utf8(char[] text) {
        ByteBuffer buffer = ByteBuffer.wrap(new byte[4 * text.length]);
        StandardCharsets.UTF_8
                .newEncoder()
                .onUnmappableCharacter(CodingErrorAction.REPLACE)
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(text), buffer, true);
        byte[] encoded = Arrays.copyOf(buffer.array(), buffer.position());
        Arrays.fill(buffer.array(), (byte) 0);
        return encoded;
    }

    private long[] found(Arena arena) throws Pkcs11Exception {
        MemorySegment handles = arena.allocate(JAVA_LONG, MAX_OBJECTS);
        MemorySegment count = arena.allocate(JAVA_LONG);
        int total = 0;
        while (total < MAX_OBJECTS) {
            MemorySegment rest = handles.asSlice(8L * total);
            call(Pkcs11Function.FIND_OBJECTS, handle, rest, (long) (MAX_OBJECTS - total), count);
            long more = count.get(JAVA_LONG, 0);
            if (more < 0 || more > MAX_OBJECTS - total) {
                throw new Pkcs11Exception(
                        "C_FindObjects returned " + Long.toUnsignedString(more) + " objects",
                        Pkcs11ReturnValue.OTHER,
                        null);
            }
            if (more == 0) {
                break;
            }
            total += (int) more;
        }
        return handles.asSlice(0, 8L * total).toArray(JAVA_LONG);
    }

    private static MemorySegment template(Arena arena, List<Pkcs11Attribute> attributes) {
        MemorySegment template = arena.allocate((long) ATTRIBUTE_BYTES * attributes.size(), 8);
        long offset = 0;
        for (Pkcs11Attribute attribute : attributes) {
            byte[] value = attribute.value().toArray();
            MemorySegment copy = arena.allocate(Math.max(1, value.length), 8);
            MemorySegment.copy(value, 0, copy, JAVA_BYTE, 0, value.length);
            template.set(JAVA_LONG, offset, attribute.type());
            template.set(ADDRESS, offset + 8, copy);
            template.set(JAVA_LONG, offset + 16, value.length);
            offset += ATTRIBUTE_BYTES;
        }
        return template;
    }

    private static MemorySegment struct(Arena arena, Pkcs11Mechanism mechanism) {
        MemorySegment struct = arena.allocate(24, 8);
        struct.set(JAVA_LONG, 0, mechanism.type());
        byte[] parameter = mechanism.parameter().toArray();
        if (parameter.length > 0) {
            MemorySegment copy = arena.allocate(parameter.length, 8);
            MemorySegment.copy(parameter, 0, copy, JAVA_BYTE, 0, parameter.length);
            struct.set(ADDRESS, 8, copy);
            struct.set(JAVA_LONG, 16, parameter.length);
        }
        return struct;
    }
}
