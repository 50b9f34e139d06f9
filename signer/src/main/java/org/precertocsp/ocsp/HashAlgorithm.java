package org.precertocsp.ocsp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// The hashes a CertID may use (RFC 6960 §4.1.1, RFC 9919 §3.1.1); others are rejected (CI-10).
public enum HashAlgorithm {
    SHA1("SHA-1", "1.3.14.3.2.26", "06052b0e03021a", 20),
    SHA256("SHA-256", "2.16.840.1.101.3.4.2.1", "0609608648016503040201", 32),
    SHA384("SHA-384", "2.16.840.1.101.3.4.2.2", "0609608648016503040202", 48),
    SHA512("SHA-512", "2.16.840.1.101.3.4.2.3", "0609608648016503040203", 64);

    private final String jcaName;
    private final String oid;
    private final ByteString oidDer;
    private final int length;
    private final String word = name().toLowerCase(Locale.ROOT);

    HashAlgorithm(String jcaName, String oid, String oidDer, int length) {
        this.jcaName = jcaName;
        this.oid = oid;
        this.oidDer = ByteString.ofHex(oidDer);
        this.length = length;
    }

    /// The algorithm of a dotted object identifier; empty if it is not supported.
    public static Optional<HashAlgorithm> ofOid(String oid) {
        for (HashAlgorithm algorithm : values()) {
            if (algorithm.oid.equals(oid)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }

    public String jcaName() {
        return jcaName;
    }

    /// Its name in metrics and traces, such as `sha256`.
    public String word() {
        return word;
    }

    public String oid() {
        return oid;
    }

    /// The OBJECT IDENTIFIER with tag and length.
    public ByteString oidDer() {
        return oidDer;
    }

    /// Length of a hash value in bytes.
    public int length() {
        return length;
    }

    public ByteString hash(ByteString input) {
        try {
            MessageDigest digest = MessageDigest.getInstance(jcaName);
            input.addTo(digest);
            return ByteString.of(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + jcaName, e);
        }
    }
}
