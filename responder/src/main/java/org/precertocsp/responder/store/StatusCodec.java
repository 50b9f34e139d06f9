package org.precertocsp.responder.store;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;

/// The encoding of one status, the most frequently read record: 6 bytes for a good certificate.
///
/// | bytes | header | then |
/// |---|---|---|
/// | `20 t` | announced | t: when |
/// | `21` `22` `23` | assigned by precertificate, certificate, declaration | nothing |
/// | `29` `2a` `2b` `2c` + `n` | as above, or by revocation; the 08 bit: notAfter known | n: notAfter |
/// | `31` … `34` + `r t` | the 10 bit: revoked | r: reason; t: revocationDate |
/// | `39` … `3c` + `r t n` | revoked, notAfter known | |
/// | r = `80` + reason | with invalidityDate | `r t i` or `r t i n` |
///
/// The three high bits of the header are the format: 1, or 2 (`41` … `5c`) if the number of a feed
/// follows, in groups of seven bits, least significant first. That feed is then the only evidence:
/// it contained no document and assigned the serial. So a list of a million serials results in a
/// million rows, not two million.
///
/// Every time has 5 bytes: signed seconds since 1970, big-endian. For example `29 006b8b4567` is
/// good by precertificate until 2027-03-05T23:29:43Z. Any other encoding is rejected, never read as
/// a status (invariant 3).
final class StatusCodec {
    /// No feed: the evidence, if any, has a row of its own.
    static final int NO_ORIGIN = 0;

    private static final int FORMAT = 1 << 5;
    private static final int FORMAT_WITH_ORIGIN = 2 << 5;
    private static final int FORMAT_CA = 3 << 5;
    private static final int FORMAT_CA_WITH_ORIGIN = 4 << 5;
    private static final int FORMAT_BITS = 0xe0;
    private static final int REVOKED = 0x10;
    private static final int ENDS = 0x08;
    private static final int BY_BITS = 0x07;
    private static final int INVALID_SINCE = 0x80;

    private StatusCodec() {}

    /// @param origin the feed that is its only evidence, or [#NO_ORIGIN]; none for an announcement
    static byte[] encode(StatusRecord record, int origin) {
        RowWriter row = new RowWriter();
        switch (record) {
            case StatusRecord.Announced announced -> row.uint8(FORMAT).time(announced.at());
            case StatusRecord.Assigned assigned -> {
                encode(assigned, format(assigned.ca(), origin != NO_ORIGIN), row);
                if (origin != NO_ORIGIN) {
                    row.count(origin);
                }
            }
        }
        return row.toArray();
    }

    private static int format(boolean ca, boolean withOrigin) {
        if (ca) {
            return withOrigin ? FORMAT_CA_WITH_ORIGIN : FORMAT_CA;
        }
        return withOrigin ? FORMAT_WITH_ORIGIN : FORMAT;
    }

    private static boolean isCa(int format) {
        return format == FORMAT_CA || format == FORMAT_CA_WITH_ORIGIN;
    }

    private static boolean hasOrigin(int format) {
        return format == FORMAT_WITH_ORIGIN || format == FORMAT_CA_WITH_ORIGIN;
    }

    private static void encode(StatusRecord.Assigned assigned, int format, RowWriter row) {
        row.uint8(
                format
                        | (assigned.revocation().isPresent() ? REVOKED : 0)
                        | (assigned.notAfter().isPresent() ? ENDS : 0)
                        | byCode(assigned.by()));
        assigned.revocation().ifPresent(revocation -> encode(revocation, row));
        assigned.notAfter().ifPresent(row::time);
    }

    private static void encode(Revocation revocation, RowWriter row) {
        Optional<Instant> invalid = revocation.invalidityDate();
        row.uint8(revocation.reason().code() | (invalid.isPresent() ? INVALID_SINCE : 0));
        row.time(revocation.at());
        invalid.ifPresent(row::time);
    }

    /// @throws StoreException the bytes are of another format or damaged
    static StatusRecord decode(byte[] bytes) {
        RowReader row = new RowReader("status", bytes);
        StatusRecord record = record(row);
        row.end();
        return record;
    }

    /// The feed that is the only evidence, or [#NO_ORIGIN].
    ///
    /// @throws StoreException as [#decode]
    static int origin(byte[] bytes) {
        RowReader row = new RowReader("status", bytes);
        boolean none =
                bytes.length == 0
                        || (bytes[0] & FORMAT_BITS) == FORMAT
                        || (bytes[0] & FORMAT_BITS) == FORMAT_CA;
        return none ? NO_ORIGIN : originIn(row);
    }

    private static int originIn(RowReader row) {
        int header = row.uint8();
        assigned(header, row);
        return row.count();
    }

    private static StatusRecord record(RowReader row) {
        int header = row.uint8();
        int format = header & FORMAT_BITS;
        if (format < FORMAT || format > FORMAT_CA_WITH_ORIGIN) {
            throw row.unknownFormat(header >>> 5);
        }
        if (header == FORMAT) {
            return new StatusRecord.Announced(row.time());
        }
        StatusRecord record = assigned(header, row);
        if (hasOrigin(format) && row.count() == NO_ORIGIN) {
            throw row.damaged("feed 0");
        }
        return record;
    }

    private static StatusRecord assigned(int header, RowReader row) {
        AssignedBy by = byOf(header & BY_BITS, row);
        Optional<Revocation> revocation =
                (header & REVOKED) == 0 ? Optional.empty() : Optional.of(revocation(row));
        Optional<Instant> notAfter =
                (header & ENDS) == 0 ? Optional.empty() : Optional.of(row.time());
        if (by == AssignedBy.REVOCATION && revocation.isEmpty()) {
            throw row.damaged("assigned by a revocation that is not there");
        }
        return new StatusRecord.Assigned(by, notAfter, revocation, isCa(header & FORMAT_BITS));
    }

    private static Revocation revocation(RowReader row) {
        int b = row.uint8();
        RevocationReason reason =
                RevocationReason.ofCode(b & ~INVALID_SINCE)
                        .orElseThrow(() -> row.damaged("reason " + b));
        Instant at = row.time();
        return new Revocation(
                at, reason, (b & INVALID_SINCE) == 0 ? Optional.empty() : Optional.of(row.time()));
    }

    static int byCode(AssignedBy by) {
        return switch (by) {
            case PRECERTIFICATE -> 1;
            case CERTIFICATE -> 2;
            case DECLARATION -> 3;
            case REVOCATION -> 4;
        };
    }

    static AssignedBy byOf(int code, RowReader row) {
        return switch (code) {
            case 1 -> AssignedBy.PRECERTIFICATE;
            case 2 -> AssignedBy.CERTIFICATE;
            case 3 -> AssignedBy.DECLARATION;
            case 4 -> AssignedBy.REVOCATION;
            default -> throw row.damaged("assigned by " + code);
        };
    }
}
