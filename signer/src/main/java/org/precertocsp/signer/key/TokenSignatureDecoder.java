package org.precertocsp.signer.key;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;

/// Decodes the signatures that tokens return, and encodes them as X.509 requires.
///
/// PKCS#11 (§2.3.1) requires tokens to return r and s of an ECDSA signature side by side, each as
/// long as the curve's order; X.509 uses a SEQUENCE (RFC 3279 §2.2.3). Tokens in the field also
/// return that SEQUENCE, or r and s without their leading zeros, or with an extra zero. If the
/// bytes can be read in several ways, the one that verifies is used; if none does, or there is only
/// one way, the caller verifies it.
///
/// @param modulusBytes of an RSA key, equal to the length of its signature (RFC 8017 §8); 0 for
///   others
record TokenSignatureDecoder(SignatureScheme scheme, int modulusBytes, SignatureVerifier verifier) {
    /// Maximum number of bytes missing from r and s together: eight leading zeros occur in one
    /// signature of 2^64.
    private static final int MAX_SHORTENED = 8;

    private static final int MAX_PADDED = 16;

    /// The signature as it stands in a BIT STRING.
    ///
    /// @throws SigningKeyException if it has no known form
    byte[] read(byte[] message, byte[] made) throws SigningKeyException {
        List<byte[]> readings = readings(made);
        if (readings.isEmpty()) {
            throw new SigningKeyException(
                    "the token returned %d bytes that are no %s signature in any form"
                            .formatted(made.length, scheme),
                    null);
        }
        if (readings.size() > 1) {
            for (byte[] reading : readings) {
                if (verifier.verifies(message, reading)) {
                    return reading;
                }
            }
        }
        return readings.getFirst();
    }

    /// The most likely first.
    List<byte[]> readings(byte[] made) {
        return switch (scheme) {
            case ECDSA_P256_SHA256 -> ecdsa(made, 32);
            case ECDSA_P384_SHA384 -> ecdsa(made, 48);
            case ECDSA_P521_SHA512 -> ecdsa(made, 66);
            case RSA_PKCS1_SHA256,
                    RSA_PKCS1_SHA384,
                    RSA_PKCS1_SHA512,
                    RSA_PSS_SHA256,
                    RSA_PSS_SHA384,
                    RSA_PSS_SHA512 ->
                    rsa(made);
            case ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                    made.length == 0 ? List.of() : List.of(made);
        };
    }

    /// Clients reject an RSA signature whose length differs from the modulus.
    private List<byte[]> rsa(byte[] made) {
        byte[] value = withoutZeros(made);
        if (value.length == 0 || value.length > modulusBytes) {
            return List.of();
        }
        byte[] whole = new byte[modulusBytes];
        System.arraycopy(value, 0, whole, modulusBytes - value.length, value.length);
        return List.of(whole);
    }

    private static List<byte[]> ecdsa(byte[] made, int half) {
        List<byte[]> readings = new ArrayList<>();
        addSequence(readings, made, half);
        if (made.length >= 2 * half - MAX_SHORTENED && made.length <= 2 * half + MAX_PADDED) {
            addSplits(readings, made, half);
        }
        return readings;
    }

    /// Every position where r may end and s begin, from the middle outwards: in all but one of 128
    /// signatures of the usual length there is only the middle, since a half may be longer than the
    /// curve's order only by zeros.
    private static void addSplits(List<byte[]> readings, byte[] made, int half) {
        int middle = made.length / 2;
        for (int distance = 0; distance <= MAX_SHORTENED + MAX_PADDED; distance++) {
            addPair(readings, made, middle - distance, half);
            if (distance > 0) {
                addPair(readings, made, middle + distance, half);
            }
        }
    }

    private static void addPair(List<byte[]> readings, byte[] made, int end, int half) {
        if (end > 0 && end < made.length) {
            add(readings, Arrays.copyOf(made, end), tail(made, end), half);
        }
    }

    /// A SEQUENCE of two INTEGERs that fills the bytes; its numbers may be longer or shorter than
    /// DER allows, and without the zero that makes them positive.
    private static void addSequence(List<byte[]> readings, byte[] made, int half) {
        try {
            DerReader whole = DerReader.lenient(made);
            DerReader numbers = whole.inside(DerTag.SEQUENCE, "a signature");
            numbers.next(DerTag.INTEGER, "r");
            byte[] r = numbers.contentBytes();
            numbers.next(DerTag.INTEGER, "s");
            if (!numbers.hasMore() && !whole.hasMore()) {
                add(readings, r, numbers.contentBytes(), half);
            }
        } catch (MalformedDerException _) {
            // Then r and s are side by side.
        }
    }

    private static void add(List<byte[]> readings, byte[] r, byte[] s, int half) {
        byte[] one = withoutZeros(r);
        byte[] two = withoutZeros(s);
        if (one.length == 0 || two.length == 0 || one.length > half || two.length > half) {
            return;
        }
        byte[] der = der(one, two);
        if (readings.stream().noneMatch(known -> Arrays.equals(known, der))) {
            readings.add(der);
        }
    }

    private static byte[] tail(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private static byte[] withoutZeros(byte[] bytes) {
        int zeros = 0;
        while (zeros < bytes.length && bytes[zeros] == 0) {
            zeros++;
        }
        return tail(bytes, zeros);
    }

    private static byte[] der(byte[] r, byte[] s) {
        return DerWriter.encode(
                DerTag.SEQUENCE,
                DerWriter.encode(DerTag.INTEGER, new BigInteger(1, r).toByteArray()),
                DerWriter.encode(DerTag.INTEGER, new BigInteger(1, s).toByteArray()));
    }
}
