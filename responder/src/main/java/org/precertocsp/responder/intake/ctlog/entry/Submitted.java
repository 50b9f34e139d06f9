package org.precertocsp.responder.intake.ctlog.entry;

import java.util.Optional;
import org.precertocsp.ocsp.Octets;

/// The data beside an entry's leaf. The tree does not cover it (CT-09), so it counts only with a
/// signature of a configured issuer.
///
/// @param precertificate DER as submitted; empty for a certificate
/// @param issuer DER of the first certificate of the chain, if the log sends whole chains
/// @param issuerSha256 its fingerprint, if the log sends fingerprints (static-ct-api)
public record Submitted(
        Optional<Octets> precertificate, Optional<Octets> issuer, Optional<Octets> issuerSha256) {
    private static final int FINGERPRINT_BYTES = 32;

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

    /// Reads the data that follows the entry in a data tile (CT-11).
    static Submitted ofTile(TlsCursor cursor, TimestampedEntry.Kind kind) throws MalformedEntry {
        Optional<Octets> precertificate = precertificate(cursor, kind);
        Octets fingerprints = cursor.counted(2, "fingerprints");
        if (fingerprints.length() % FINGERPRINT_BYTES != 0) {
            throw new MalformedEntry(fingerprints.length() + " bytes of fingerprints");
        }
        Optional<Octets> first =
                fingerprints.length() == 0
                        ? Optional.empty()
                        : Optional.of(Octets.of(fingerprints.toArray(), 0, FINGERPRINT_BYTES));
        return new Submitted(precertificate, Optional.empty(), first);
    }

    private static Optional<Octets> precertificate(TlsCursor cursor, TimestampedEntry.Kind kind)
            throws MalformedEntry {
        return kind == TimestampedEntry.Kind.PRECERTIFICATE
                ? Optional.of(cursor.counted(3, "precertificate"))
                : Optional.empty();
    }
}
