package org.precertocsp.responder.ctlog;

import java.util.Optional;
import org.precertocsp.der.ByteString;

/// The data beside an entry's leaf. The tree does not cover it (CT-09), so it counts only with a
/// signature of a configured issuer.
///
/// @param precertificate DER as submitted; empty for a certificate
/// @param issuer DER of the first certificate of the chain, if the log sends whole chains
/// @param issuerSha256 its fingerprint, if the log sends fingerprints (static-ct-api)
public record EntryExtraData(
        Optional<ByteString> precertificate,
        Optional<ByteString> issuer,
        Optional<ByteString> issuerSha256) {
    private static final int FINGERPRINT_BYTES = 32;

    /// Reads extra_data of an RFC 6962 log (CT-05).
    static EntryExtraData ofExtraData(byte[] bytes, TimestampedEntry.Kind kind)
            throws MalformedEntryException {
        TlsReader cursor = new TlsReader(bytes, 0, bytes.length);
        Optional<ByteString> precertificate = precertificate(cursor, kind);
        int chainAt = cursor.skipCounted(3, "chain");
        int chainEnd = cursor.at();
        cursor.end("the chain");
        TlsReader chain = new TlsReader(bytes, chainAt, chainEnd);
        Optional<ByteString> issuer = Optional.empty();
        if (chain.hasMore()) {
            issuer = Optional.of(chain.counted(3, "issuer"));
        }
        return new EntryExtraData(precertificate, issuer, Optional.empty());
    }

    /// Reads the data that follows the entry in a data tile (CT-11).
    static EntryExtraData ofTile(TlsReader cursor, TimestampedEntry.Kind kind)
            throws MalformedEntryException {
        Optional<ByteString> precertificate = precertificate(cursor, kind);
        ByteString fingerprints = cursor.counted(2, "fingerprints");
        if (fingerprints.length() % FINGERPRINT_BYTES != 0) {
            throw new MalformedEntryException(fingerprints.length() + " bytes of fingerprints");
        }
        Optional<ByteString> first =
                fingerprints.length() == 0
                        ? Optional.empty()
                        : Optional.of(ByteString.of(fingerprints.toArray(), 0, FINGERPRINT_BYTES));
        return new EntryExtraData(precertificate, Optional.empty(), first);
    }

    private static Optional<ByteString> precertificate(TlsReader cursor, TimestampedEntry.Kind kind)
            throws MalformedEntryException {
        return kind == TimestampedEntry.Kind.PRECERTIFICATE
                ? Optional.of(cursor.counted(3, "precertificate"))
                : Optional.empty();
    }
}
