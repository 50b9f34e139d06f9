package org.precertocsp.responder.ctlog;

import java.time.Instant;
import org.precertocsp.der.ByteString;

/// A TimestampedEntry of RFC 6962 §3.4 inside a larger array, which is shared and never changed.
///
/// Nothing is copied: of a thousand entries perhaps one is of a configured issuer.
final class TimestampedEntry {
    /// The start of a MerkleTreeLeaf: version 1 and leaf type timestamped_entry, both 0.
    static final byte[] LEAF_HEADER = {0, 0};

    private static final int HASH_BYTES = 32;
    private static final int X509 = 0;
    private static final int PRECERTIFICATE = 1;

    /// The type of the entry.
    enum Kind {
        CERTIFICATE,
        PRECERTIFICATE,
        /// Of an unknown type, which is not an error (CT-07).
        UNKNOWN
    }

    /// @param to exclusive
    private record Range(int from, int to) {}

    private final Kind kind;
    private final byte[] bytes;
    private final int start;
    private final int bodyAt;
    private final int bodyEnd;
    private final int end;

    private TimestampedEntry(Kind kind, byte[] bytes, int start, Range body, int end) {
        this.kind = kind;
        this.bytes = bytes;
        this.start = start;
        this.bodyAt = body.from();
        this.bodyEnd = body.to();
        this.end = end;
    }

    /// Reads the entry at `start`. An entry of an unknown type extends to the end of the array,
    /// since its length is unknown.
    static TimestampedEntry read(byte[] bytes, int start, int limit)
            throws MalformedEntryException {
        TlsReader cursor = new TlsReader(bytes, start, limit);
        cursor.skip(8, "timestamp");
        int type = (int) cursor.number(2, "entry type");
        if (type != X509 && type != PRECERTIFICATE) {
            return new TimestampedEntry(
                    Kind.UNKNOWN, bytes, start, new Range(cursor.at(), limit), limit);
        }
        if (type == PRECERTIFICATE) {
            cursor.skip(HASH_BYTES, "issuer key hash");
        }
        int bodyAt = cursor.skipCounted(3, "certificate");
        Range body = new Range(bodyAt, cursor.at());
        cursor.skipCounted(2, "extensions");
        Kind kind = type == X509 ? Kind.CERTIFICATE : Kind.PRECERTIFICATE;
        return new TimestampedEntry(kind, bytes, start, body, cursor.at());
    }

    Kind kind() {
        return kind;
    }

    /// The array that contains the entry.
    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    /// Start of the TBSCertificate, or of the certificate.
    int bodyAt() {
        return bodyAt;
    }

    /// Exclusive.
    int bodyEnd() {
        return bodyEnd;
    }

    /// The position after the entry.
    int end() {
        return end;
    }

    /// The entry's timestamp.
    Instant timestamp() {
        long millis = 0;
        for (int i = start; i < start + 8; i++) {
            millis = millis << 8 | (bytes[i] & 0xff);
        }
        return Instant.ofEpochMilli(millis);
    }

    /// The position of the SHA-256 of the issuer's SubjectPublicKeyInfo, in a precertificate's
    /// entry.
    int issuerKeyHashAt() {
        return start + 10;
    }

    /// DER of the TBSCertificate or certificate; empty if the type is unknown.
    ByteString body() {
        return kind == Kind.UNKNOWN
                ? ByteString.of()
                : ByteString.of(bytes, bodyAt, bodyEnd - bodyAt);
    }
}
