package org.precertocsp.responder.intake.ctlog.entry;

import java.time.Instant;
import org.precertocsp.ocsp.Octets;

/// One TimestampedEntry of RFC 6962 §3.4, where it lies in a larger array, which is shared and
/// never changed.
///
/// Nothing is copied: of a thousand entries perhaps one is ours, and only its octets are wanted.
final class TimestampedEntry {
    /// What a MerkleTreeLeaf has before it: version 1 and leaf type timestamped_entry, both 0.
    static final byte[] LEAF_HEADER = {0, 0};

    private static final int HASH_OCTETS = 32;
    private static final int X509 = 0;
    private static final int PRECERTIFICATE = 1;

    /// The type of the entry.
    enum Kind {
        CERTIFICATE,
        PRECERTIFICATE,
        /// Of a type this program does not know, which is no error (CT-07).
        UNKNOWN
    }

    /// @param to exclusive
    private record Range(int from, int to) {}

    private final Kind kind;
    private final byte[] octets;
    private final int start;
    private final int bodyAt;
    private final int bodyEnd;
    private final int end;

    private TimestampedEntry(Kind kind, byte[] octets, int start, Range body, int end) {
        this.kind = kind;
        this.octets = octets;
        this.start = start;
        this.bodyAt = body.from();
        this.bodyEnd = body.to();
        this.end = end;
    }

    /// Reads the entry that begins at `start`. One of a type not known is taken to fill the array,
    /// since nothing says where it ends.
    static TimestampedEntry read(byte[] octets, int start, int limit) throws MalformedEntry {
        TlsCursor cursor = new TlsCursor(octets, start, limit);
        cursor.skip(8, "timestamp");
        int type = (int) cursor.number(2, "entry type");
        if (type != X509 && type != PRECERTIFICATE) {
            return new TimestampedEntry(
                    Kind.UNKNOWN, octets, start, new Range(cursor.at(), limit), limit);
        }
        if (type == PRECERTIFICATE) {
            cursor.skip(HASH_OCTETS, "issuer key hash");
        }
        int bodyAt = cursor.skipCounted(3, "certificate");
        Range body = new Range(bodyAt, cursor.at());
        cursor.skipCounted(2, "extensions");
        Kind kind = type == X509 ? Kind.CERTIFICATE : Kind.PRECERTIFICATE;
        return new TimestampedEntry(kind, octets, start, body, cursor.at());
    }

    Kind kind() {
        return kind;
    }

    /// The array the entry lies in.
    byte[] octets() {
        return octets;
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

    /// Where whatever follows the entry begins.
    int end() {
        return end;
    }

    /// When the log took it in.
    Instant timestamp() {
        long millis = 0;
        for (int i = start; i < start + 8; i++) {
            millis = millis << 8 | (octets[i] & 0xff);
        }
        return Instant.ofEpochMilli(millis);
    }

    /// Where the SHA-256 of the issuer's SubjectPublicKeyInfo lies, in a precertificate's entry.
    int issuerKeyHashAt() {
        return start + 10;
    }

    /// DER of the TBSCertificate or certificate; empty where the type is unknown.
    Octets body() {
        return kind == Kind.UNKNOWN ? Octets.of() : Octets.of(octets, bodyAt, bodyEnd - bodyAt);
    }
}
