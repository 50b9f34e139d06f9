package org.precertocsp.responder.status;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;

/// Words for tests: changes as one would say them.
public final class TestChanges {
    public static final IssuerKey ISSUER = issuer("issuer");
    public static final SerialKey KEY = key(0x8001);
    public static final Instant NOT_AFTER = Instant.parse("2027-01-31T12:00:00Z");
    public static final Instant REVOKED_AT = Instant.parse("2026-05-01T08:30:00Z");

    private TestChanges() {}

    public static IssuerKey issuer(String name) {
        return IssuerKey.of(ByteString.of(utf8(name)), ByteString.of(utf8("key of " + name)));
    }

    public static SerialKey key(long serial) {
        return new SerialKey(ISSUER, Serial.of(BigInteger.valueOf(serial)));
    }

    public static ChangeSource source(String name) {
        return new ChangeSource("test", name, sha256(name), Instant.parse("2026-06-01T00:00:00Z"));
    }

    /// A document of a certificate: equal certificates have equal contentSha256.
    public static CertificateFingerprint document(String certificate, String document) {
        return new CertificateFingerprint(
                sha256(certificate), sha256(certificate + "/" + document));
    }

    public static StatusChange announced(SerialKey key) {
        return new StatusChange.Announce(key, Instant.parse("2026-01-01T00:00:00Z"));
    }

    public static StatusChange precertificate(SerialKey key) {
        return assigned(key, AssignedBy.PRECERTIFICATE, document("certificate", "precertificate"));
    }

    public static StatusChange certificate(SerialKey key) {
        return assigned(key, AssignedBy.CERTIFICATE, document("certificate", "certificate"));
    }

    public static StatusChange assigned(
            SerialKey key, AssignedBy by, CertificateFingerprint commitment) {
        return new StatusChange.Assign(key, by, Optional.of(NOT_AFTER), Optional.of(commitment));
    }

    public static StatusChange declared(SerialKey key) {
        return declared(key, NOT_AFTER);
    }

    public static StatusChange declared(SerialKey key, Instant notAfter) {
        return new StatusChange.Assign(
                key, AssignedBy.DECLARATION, Optional.of(notAfter), Optional.empty());
    }

    public static StatusChange revoked(SerialKey key, RevocationReason reason) {
        return revoked(key, REVOKED_AT, reason);
    }

    public static StatusChange revoked(SerialKey key, Instant at, RevocationReason reason) {
        return new StatusChange.Revoke(
                key, new Revocation(at, reason, Optional.empty()), Optional.empty());
    }

    public static ByteString sha256(String text) {
        return HashAlgorithm.SHA256.hash(ByteString.of(utf8(text)));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
