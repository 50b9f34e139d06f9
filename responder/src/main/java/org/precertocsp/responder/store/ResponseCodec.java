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

    private ResponseCodec() {}

    /// @throws IllegalArgumentException for a response that says `unknown`, which is never stored
    static byte[] encode(StoredResponse kept, int template) {
        byte[] signature = kept.essence().signature().toArray();
        byte[] compact = EcdsaSignatureCodec.compact(signature);
        RowWriter row = new RowWriter();
        status(kept.status(), FORMAT | (compact == null ? 0 : COMPACT), row);
        return row.time(kept.window().thisUpdate())
                .count(Math.toIntExact(kept.window().length().toSeconds()))
                .count(template)
                .raw(compact == null ? signature : compact)
                .toArray();
    }

    private static void status(CertStatus status, int header, RowWriter row) {
        switch (status) {
            case CertStatus.Good _ -> row.octet(header);
            case CertStatus.Revoked revoked ->
                    row.octet(header | REVOKED)
                            .octet(revoked.reason().map(RevocationReason::code).orElse(NO_REASON))
                            .time(revoked.at());
            case CertStatus.Unknown _ ->
                    throw new IllegalArgumentException("an unknown is for one request alone");
        }
    }

    /// @param templates by number
    /// @throws StoreException the bytes are of another format or damaged
    static StoredResponse decode(
            ResponseKey key, byte[] bytes, IntFunction<ResponseTemplate> templates) {
        RowReader row = new RowReader("response", bytes);
        int header = row.octet();
        if ((header & FORMAT_BITS) != FORMAT) {
            throw row.unknownFormat(header >>> 5);
        }
        CertStatus status = (header & REVOKED) == 0 ? new CertStatus.Good() : revoked(row);
        ValidityWindow window = window(row);
        ResponseTemplate template = templates.apply(row.count());
        byte[] signature = row.rest();
        if (signature.length == 0) {
            throw row.damaged("no signature");
        }
        byte[] der = (header & COMPACT) == 0 ? signature : EcdsaSignatureCodec.der(signature);
        return new StoredResponse(key, status, window, new Essence(template, ByteString.of(der)));
    }

    private static CertStatus revoked(RowReader row) {
        int code = row.octet();
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
