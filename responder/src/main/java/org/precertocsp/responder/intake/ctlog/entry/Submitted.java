package org.precertocsp.responder.intake.ctlog.entry;

import java.util.Optional;
import org.precertocsp.ocsp.Octets;

/// What came to the log beside the leaf. The tree does not cover it (CT-09): only a signature of
/// our own issuer makes it worth anything.
///
/// @param precertificate DER as submitted; empty for a certificate
/// @param issuer DER of the first certificate of the chain, where the log sends whole chains
/// @param issuerSha256 its fingerprint, where the log sends those (static-ct-api)
public record Submitted(
        Optional<Octets> precertificate, Optional<Octets> issuer, Optional<Octets> issuerSha256) {
    private static final int FINGERPRINT_OCTETS = 32;

    /// Reads extra_data of an RFC 6962 log (CT-05).
    static Submitted ofExtraData(byte[] octets, TimestampedEntry.Kind kind) throws MalformedEntry {
        TlsCursor cursor = new TlsCursor(octets, 0, octets.length);
        Optional<Octets> precertificate = precertificate(cursor, kind);
        int chainAt = cursor.skipCounted(3, "chain");
        int chainEnd = cursor.at();
        cursor.end("the chain");
        TlsCursor chain = new TlsCursor(octets, chainAt, chainEnd);
        Optional<Octets> issuer = Optional.empty();
        if (chain.hasMore()) {
            issuer = Optional.of(chain.counted(3, "issuer"));
        }
        return new Submitted(precertificate, issuer, Optional.empty());
    }

    /// Reads what follows the entry in a data tile (CT-11).
    static Submitted ofTile(TlsCursor cursor, TimestampedEntry.Kind kind) throws MalformedEntry {
        Optional<Octets> precertificate = precertificate(cursor, kind);
        Octets fingerprints = cursor.counted(2, "fingerprints");
        if (fingerprints.length() % FINGERPRINT_OCTETS != 0) {
            throw new MalformedEntry(fingerprints.length() + " octets of fingerprints");
        }
        Optional<Octets> first =
                fingerprints.length() == 0
                        ? Optional.empty()
                        : Optional.of(Octets.of(fingerprints.toArray(), 0, FINGERPRINT_OCTETS));
        return new Submitted(precertificate, Optional.empty(), first);
    }

    private static Optional<Octets> precertificate(TlsCursor cursor, TimestampedEntry.Kind kind)
            throws MalformedEntry {
        return kind == TimestampedEntry.Kind.PRECERTIFICATE
                ? Optional.of(cursor.counted(3, "precertificate"))
                : Optional.empty();
    }
}
