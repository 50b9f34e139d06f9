package org.precertocsp.signer.pkcs11;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.precertocsp.der.ByteString;

/// An attribute that an object must have to be found, or is created with.
public record Pkcs11Attribute(long type, ByteString value) {
    public static final long TOKEN = 0x1;
    public static final long PRIVATE = 0x2;
    public static final long LABEL = 0x3;
    public static final long KEY_TYPE = 0x100;
    public static final long ID = 0x102;
    public static final long SENSITIVE = 0x103;
    public static final long ENCRYPT = 0x104;
    public static final long DECRYPT = 0x105;
    public static final long WRAP = 0x106;
    public static final long UNWRAP = 0x107;
    public static final long SIGN = 0x108;
    public static final long VERIFY = 0x10a;
    public static final long DERIVE = 0x10c;
    public static final long MODULUS = 0x120;
    public static final long MODULUS_BITS = 0x121;
    public static final long PUBLIC_EXPONENT = 0x122;
    public static final long PUBLIC_KEY_INFO = 0x129;
    public static final long EXTRACTABLE = 0x162;
    public static final long EC_PARAMS = 0x180;
    public static final long EC_POINT = 0x181;
    public static final long ALWAYS_AUTHENTICATE = 0x202;

    private static final long CLASS = 0x0;

    public static Pkcs11Attribute publicKeys() {
        return new Pkcs11Attribute(CLASS, ulong(2));
    }

    public static Pkcs11Attribute privateKeys() {
        return new Pkcs11Attribute(CLASS, ulong(3));
    }

    public static Pkcs11Attribute label(String label) {
        return new Pkcs11Attribute(LABEL, ByteString.of(label.getBytes(StandardCharsets.UTF_8)));
    }

    public static Pkcs11Attribute id(ByteString id) {
        return new Pkcs11Attribute(ID, id);
    }

    /// A CK_BBOOL.
    public static Pkcs11Attribute flag(long type, boolean value) {
        return new Pkcs11Attribute(type, ByteString.of(new byte[] {(byte) (value ? 1 : 0)}));
    }

    /// A CK_ULONG as it lies in memory.
    public static ByteString ulong(long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.nativeOrder());
        for (long value : values) {
            buffer.putLong(value);
        }
        return ByteString.of(buffer.array());
    }

    /// Decodes the result of [#ulong]; -1 if it is not eight bytes.
    public static long asUlong(ByteString value) {
        if (value.length() != 8) {
            return -1;
        }
        return ByteBuffer.wrap(value.toArray()).order(ByteOrder.nativeOrder()).getLong();
    }
}
