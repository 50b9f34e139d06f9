package org.precertocsp.loadtest.requests;

/// One encoded HTTP request, overwritten by the next: the driver sends millions from one of these.
public final class EncodedRequest {
    /// The possible shapes of a request: method, hash, nonce, four expectations.
    public static final int KINDS = 32;

    private static final ExpectedStatus[] EXPECTED = ExpectedStatus.values();

    byte[] bytes = new byte[1024];
    int length;
    int kind;

    /// Valid up to [#length()].
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /// The shape, below [#KINDS].
    public int kind() {
        return kind;
    }

    public static ExpectedStatus expected(int kind) {
        return EXPECTED[kind & 3];
    }

    // Never leaves memory, so the order of the constants may change.
    @SuppressWarnings("EnumOrdinal")
    static int kind(ExpectedStatus expected, boolean get, boolean sha256, boolean nonce) {
        return expected.ordinal() | (get ? 4 : 0) | (sha256 ? 8 : 0) | (nonce ? 16 : 0);
    }

    static boolean isGet(int kind) {
        return (kind & 4) != 0;
    }

    static boolean isSha256(int kind) {
        return (kind & 8) != 0;
    }

    static boolean hasNonce(int kind) {
        return (kind & 16) != 0;
    }

    /// The shape without the expectation, below 8: requests of one shape differ only in the serial.
    static int form(int kind) {
        return kind >>> 2;
    }

    void reserve(int count) {
        if (bytes.length < count) {
            bytes = new byte[count];
        }
    }
}
