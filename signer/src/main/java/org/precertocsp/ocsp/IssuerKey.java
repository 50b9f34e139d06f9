package org.precertocsp.ocsp;

import java.util.EnumMap;
import java.util.Map;
import org.precertocsp.der.ByteString;

/// One key of one CA name: a CertID identifies it, and a serial belongs to it.
///
/// Key rollover makes several of these under one name; cross-certificates share one (trap 15, 16).
public final class IssuerKey {
    /// Both hashes of a CertID under one algorithm.
    private record Hashes(ByteString name, ByteString key) {}

    private final Map<HashAlgorithm, Hashes> hashes = new EnumMap<>(HashAlgorithm.class);
    // Needed for every serial.
    private final int hash;

    private IssuerKey(ByteString nameDer, ByteString publicKeyBits) {
        for (HashAlgorithm algorithm : HashAlgorithm.values()) {
            hashes.put(
                    algorithm, new Hashes(algorithm.hash(nameDer), algorithm.hash(publicKeyBits)));
        }
        Hashes both = hashes(HashAlgorithm.SHA256);
        this.hash = hashCodeOf(both.name(), both.key());
    }

    /// The [#hashCode] of an issuer of which only the SHA-256 hashes are known.
    public static int hashCodeOf(ByteString nameSha256, ByteString keySha256) {
        return 31 * nameSha256.hashCode() + keySha256.hashCode();
    }

    /// @param nameDer DER of the CA's subject name, byte for byte (CI-01)
    /// @param publicKeyBits the subjectPublicKey BIT STRING value without its unused-bits byte
    public static IssuerKey of(ByteString nameDer, ByteString publicKeyBits) {
        return new IssuerKey(nameDer, publicKeyBits);
    }

    public ByteString nameHash(HashAlgorithm algorithm) {
        return hashes(algorithm).name();
    }

    public ByteString keyHash(HashAlgorithm algorithm) {
        return hashes(algorithm).key();
    }

    /// The CertID a client would send for a serial of this issuer.
    public CertId certId(HashAlgorithm algorithm, DigestParameters parameters, Serial serial) {
        Hashes both = hashes(algorithm);
        return new CertId(algorithm, parameters, both.name(), both.key(), serial);
    }

    private Hashes hashes(HashAlgorithm algorithm) {
        Hashes both = hashes.get(algorithm);
        if (both == null) {
            throw new IllegalStateException("no hashes under " + algorithm);
        }
        return both;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof IssuerKey that
                        && hash == that.hash
                        && hashes(HashAlgorithm.SHA256).equals(that.hashes(HashAlgorithm.SHA256)));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /// The first bytes of both SHA-256 hashes, for messages: `name 1a2b3c4d key 5e6f7081`.
    @Override
    public String toString() {
        Hashes both = hashes(HashAlgorithm.SHA256);
        return "name %s key %s"
                .formatted(both.name().toHex().substring(0, 8), both.key().toHex().substring(0, 8));
    }
}
