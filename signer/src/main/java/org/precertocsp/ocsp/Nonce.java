package org.precertocsp.ocsp;

import org.precertocsp.der.ByteString;

/// A client's nonce (RFC 9654 §2.1).
///
/// @param value the bytes inside the inner OCTET STRING (NO-05), 1 to 128 of them
public record Nonce(ByteString value) {
    public static final int MAX_BYTES = 128;

    /// @throws IllegalArgumentException if empty or longer than 128 bytes (NO-04)
    public Nonce {
        if (value.length() == 0 || value.length() > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a nonce has 1 to 128 bytes (RFC 9654 §2.1), not " + value.length());
        }
    }

    /// True for 16 to 32 bytes, the lengths every responder must accept (NO-02) and the only ones
    /// that our responses repeat (NO-03).
    public boolean isEchoable() {
        return value.length() >= 16 && value.length() <= 32;
    }
}
