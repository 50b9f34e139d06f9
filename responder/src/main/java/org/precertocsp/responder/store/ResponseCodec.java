package org.precertocsp.responder.store;

import java.time.Instant;
import java.util.Optional;
import java.util.function.IntFunction;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignedResponse.Essence;

/// The encoding of a stored response: the parts that cannot be recomputed. 74 bytes for a good
/// P-256 response of two days.
///
/// | bytes | what |
/// |---|---|
/// | header (1) | format 1 in the three high bits; 10: signature as in [EcdsaSignatureCodec]; 01: revoked |
/// | r (1) t (5) | if revoked: reason, `ff` for none; revocationTime |
/// | thisUpdate (5), count, count | then nextUpdate − thisUpdate in seconds, template number |
/// | the rest | signature |
///
/// Times are those of [StatusCodec], counts those of [RowWriter#count].
final class ResponseCodec {
    private static final int FORMAT = 1 << 5;
    private static final int FORMAT_BITS = 0xe0;
    private static final int COMPACT = 0x10;
    private static final int REVOKED = 0x01;
    private static final int NO_REASON = 0xff;

    /// The parts of a row, its template still a number.
    record Row(CertStatus status, ValidityWindow window, int template, ByteString signature) {}

    private ResponseCodec() {}

    /// @throws IllegalArgumentException for a response that says `unknown`, which is never stored
    static byte[] encode(StoredResponse kept, int template) {
        Row row = new Row(kept.status(), kept.window(), template, kept.essence().signature());
        return encode(row, new RowWriter()).toArray();
    }

    /// Appends the row.
    ///
    /// @throws IllegalArgumentException as above
    static RowWriter encode(Row row, RowWriter out) {
        byte[] signature = row.signature().toArray();
        byte[] compact = EcdsaSignatureCodec.compact(signature);
        status(row.status(), FORMAT | (compact == null ? 0 : COMPACT), out);
        return out.time(row.window().thisUpdate())
                .count(Math.toIntExact(row.window().length().toSeconds()))
                .count(row.template())
                .raw(compact == null ? signature : compact);
    }

    private static void status(CertStatus status, int header, RowWriter row) {
        switch (status) {
            case CertStatus.Good _ -> row.uint8(header);
            case CertStatus.Revoked revoked ->
                    row.uint8(header | REVOKED)
                            .uint8(revoked.reason().map(RevocationReason::code).orElse(NO_REASON))
                            .time(revoked.at());
            case CertStatus.Unknown _ ->
                    throw new IllegalArgumentException("an unknown is for one request alone");
        }
    }

    /// @param templates by number
    /// @throws StoreException the bytes are of another format or damaged
    static StoredResponse decode(
            ResponseKey key, byte[] bytes, IntFunction<ResponseTemplate> templates) {
        Row row = decode(new RowReader("response", bytes));
        return new StoredResponse(
                key,
                row.status(),
                row.window(),
                new Essence(templates.apply(row.template()), row.signature()));
    }

    /// Reads the row that is the rest of `row`.
    ///
    /// @throws StoreException the bytes are of another format or damaged
    static Row decode(RowReader row) {
        Begun begun = status(row);
        ValidityWindow window = window(row);
        int template = row.count();
        byte[] signature = row.rest();
        boolean compact = begun.compact();
        if (signature.length == 0 || (compact && signature.length % 2 != 0)) {
            throw row.damaged("a signature of %d bytes".formatted(signature.length));
        }
        byte[] der = compact ? EcdsaSignatureCodec.der(signature) : signature;
        return new Row(begun.status(), window, template, ByteString.of(der));
    }

    /// The first field of a row, and whether its last one is compact.
    private record Begun(CertStatus status, boolean compact) {}

    private static Begun status(RowReader row) {
        int header = row.uint8();
        if ((header & FORMAT_BITS) != FORMAT) {
            throw row.unknownFormat(header >>> 5);
        }
        if ((header & ~(FORMAT_BITS | COMPACT | REVOKED)) != 0) {
            throw row.damaged("header " + header);
        }
        CertStatus status = (header & REVOKED) == 0 ? new CertStatus.Good() : revoked(row);
        return new Begun(status, (header & COMPACT) != 0);
    }

    /// When the response of a row was signed, and how long it is valid, and whether it says
    /// revoked: in less time than [#decode].
    ///
    /// @throws StoreException the bytes are of another format or damaged
    static Age age(byte[] bytes) {
        RowReader row = new RowReader("response", bytes);
        boolean revoked = !(status(row).status() instanceof CertStatus.Good);
        return new Age(window(row), revoked);
    }

    /// What decides which of two responses is newer.
    record Age(ValidityWindow window, boolean revoked) {
        static Age of(StoredResponse response) {
            return new Age(response.window(), response.status() instanceof CertStatus.Revoked);
        }

        /// Of two responses signed in the same second, the one that says revoked was signed later.
        boolean isNewerThan(Age other) {
            int order = window.thisUpdate().compareTo(other.window().thisUpdate());
            return order > 0 || (order == 0 && revoked && !other.revoked());
        }
    }

    private static CertStatus revoked(RowReader row) {
        int code = row.uint8();
        Optional<RevocationReason> reason =
                code == NO_REASON
                        ? Optional.empty()
                        : Optional.of(
                                RevocationReason.ofCode(code)
                                        .orElseThrow(() -> row.damaged("reason " + code)));
        return new CertStatus.Revoked(row.time(), reason);
    }

    private static ValidityWindow window(RowReader row) {
        Instant thisUpdate = row.time();
        int seconds = row.count();
        if (seconds == 0) {
            throw row.damaged("an empty window");
        }
        return new ValidityWindow(thisUpdate, thisUpdate.plusSeconds(seconds));
    }
}
