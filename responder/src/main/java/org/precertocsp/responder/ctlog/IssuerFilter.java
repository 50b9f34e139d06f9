package org.precertocsp.responder.ctlog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.intake.ConfiguredIssuer;

/// Filters log entries by issuer, at the cost of comparing a few bytes. A match may be wrong and
/// must be verified; a mismatch is final. Immutable.
public final class IssuerFilter {
    /// Matches nothing: for readers of hashes only.
    public static final IssuerFilter NONE = new IssuerFilter(List.of(), List.of());

    /// Matches entries of every issuer.
    public static final IssuerFilter ANYBODY =
            new IssuerFilter(List.of(ByteString.of()), List.of(ByteString.of()));

    private final List<ByteString> keyHashes;
    private final List<ByteString> names;

    private IssuerFilter(List<ByteString> keyHashes, List<ByteString> names) {
        this.keyHashes = List.copyOf(keyHashes);
        this.names = List.copyOf(names);
    }

    public static IssuerFilter of(ConfiguredIssuer.Directory directory) {
        List<ByteString> keyHashes = new ArrayList<>();
        List<ByteString> names = new ArrayList<>();
        for (ConfiguredIssuer issuer : directory.issuers()) {
            keyHashes.add(HashAlgorithm.SHA256.hash(ByteString.of(publicKeyInfo(issuer))));
            names.add(issuer.subjectName());
        }
        return new IssuerFilter(
                keyHashes.stream().distinct().toList(), names.stream().distinct().toList());
    }

    // Hashed as in the certificate (CT-03): a key encoded again may differ.
    private static byte[] publicKeyInfo(ConfiguredIssuer issuer) {
        try {
            return issuer.certificate().holder().getSubjectPublicKeyInfo().getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException("a parsed key encodes again", e);
        }
    }

    boolean mayMatch(TimestampedEntry entry) {
        return switch (entry.kind()) {
            case PRECERTIFICATE -> isIn(keyHashes, entry.bytes(), entry.issuerKeyHashAt());
            case CERTIFICATE -> {
                int nameAt = issuerName(entry);
                yield nameAt >= 0 && isIn(names, entry.bytes(), nameAt);
            }
            case UNKNOWN -> false;
        };
    }

    /// Where the issuer's name begins in a certificate, found by stepping over what precedes it;
    /// negative if it is no certificate.
    private static int issuerName(TimestampedEntry entry) {
        int length = entry.bodyEnd() - entry.bodyAt();
        DerReader reader = DerReader.lenient(entry.bytes(), entry.bodyAt(), length);
        try {
            reader.enter(DerTag.SEQUENCE, "a certificate");
            reader.enter(DerTag.SEQUENCE, "a TBSCertificate");
            reader.nextIf(DerTag.context(0)); // version
            reader.next(DerTag.INTEGER, "a serial number");
            reader.next(DerTag.SEQUENCE, "a signature algorithm");
            return reader.nextIs(DerTag.SEQUENCE) ? reader.position() : -1;
        } catch (MalformedDerException _) {
            return -1;
        }
    }

    private static boolean isIn(List<ByteString> known, byte[] bytes, int at) {
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i).areAt(bytes, at)) {
                return true;
            }
        }
        return false;
    }
}
