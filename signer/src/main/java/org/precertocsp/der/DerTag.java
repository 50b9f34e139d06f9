package org.precertocsp.der;

/// The identifier bytes that X.509, CRLs and OCSP use (X.690 §8.1.2).
public final class DerTag {
    public static final int BOOLEAN = 0x01;
    public static final int INTEGER = 0x02;
    public static final int BIT_STRING = 0x03;
    public static final int OCTET_STRING = 0x04;
    public static final int NULL = 0x05;
    public static final int OBJECT_IDENTIFIER = 0x06;
    public static final int ENUMERATED = 0x0a;
    public static final int UTC_TIME = 0x17;
    public static final int GENERALIZED_TIME = 0x18;
    public static final int SEQUENCE = 0x30;
    public static final int SET = 0x31;

    /// The bit that marks content that consists of elements.
    public static final int CONSTRUCTED = 0x20;

    /// The value of the low bits if the tag number takes further bytes.
    static final int SEVERAL_BYTES = 0x1f;

    private DerTag() {}

    /// `[n]`, constructed: EXPLICIT, or IMPLICIT of a constructed type.
    public static int context(int number) {
        return 0xa0 | number;
    }

    /// `[n]`, primitive: IMPLICIT of a primitive type.
    public static int contextPrimitive(int number) {
        return 0x80 | number;
    }

    public static boolean isConstructed(int tag) {
        return (tag & CONSTRUCTED) != 0;
    }

    public static boolean isTime(int tag) {
        return tag == UTC_TIME || tag == GENERALIZED_TIME;
    }
}
