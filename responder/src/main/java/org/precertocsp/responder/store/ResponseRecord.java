package org.precertocsp.responder.store;

import java.util.Arrays;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.InvalidSerialException;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignedResponse;

/// A signed response as it travels between nodes: the parts that cannot be recomputed. 94 bytes for
/// a good P-256 response of two days and a serial of 16 bytes, 98 for one of 20.
///
/// | bytes | what |
/// |---|---|
/// | count | the number of bytes of the key |
/// | issuer (2) serial form (1) | the key, as in the store's `RESPONSES` family |
/// | the rest | the row of [ResponseCodec], which states the status that was signed |
///
/// So a node that has issuers and templates under the same numbers stores key and row unchanged.
/// One response has one encoding: any other bytes are refused.
///
/// @param issuer its number in the store of the sender, 0 to 65,535
/// @param template likewise
public record ResponseRecord(
        int issuer,
        Serial serial,
        HashAlgorithm hash,
        DigestParameters parameters,
        CertStatus status,
        ValidityWindow window,
        int template,
        ByteString signature) {
    private static final int MAX_ISSUER = 0xffff;

    /// The record of a stored response.
    public static ResponseRecord of(StoredResponse response, int issuer, int template) {
        ResponseKey key = response.key();
        return new ResponseRecord(
                issuer,
                key.serial().serial(),
                key.hash(),
                key.parameters(),
                response.status(),
                response.window(),
                template,
                response.essence().signature());
    }

    /// The stored response, of the issuer and with the template that the numbers stand for.
    public StoredResponse resolve(IssuerKey issuerKey, ResponseTemplate named) {
        return new StoredResponse(
                new ResponseKey(new SerialKey(issuerKey, serial), hash, parameters),
                status,
                window,
                new SignedResponse.Essence(named, signature));
    }

    /// True if it answers this key, whatever the number of the issuer.
    public boolean isOf(ResponseKey key) {
        return serial.equals(key.serial().serial())
                && hash == key.hash()
                && parameters == key.parameters();
    }

    /// @throws IllegalArgumentException it says `unknown`, or a number is out of range
    public byte[] encode() {
        if (issuer < 0 || issuer > MAX_ISSUER || template < 0 || signature.length() == 0) {
            throw new IllegalArgumentException(
                    "issuer %d, template %d, a signature of %d bytes"
                            .formatted(issuer, template, signature.length()));
        }
        RowWriter out =
                new RowWriter()
                        .counted(
                                RowKeys.response(
                                        issuer, serial, CertIdVariant.of(hash, parameters)));
        return ResponseCodec.encode(new ResponseCodec.Row(status, window, template, signature), out)
                .toArray();
    }

    /// @throws StoreException the bytes are not exactly one record of a known format
    public static ResponseRecord decode(byte[] bytes) {
        RowReader in = new RowReader("response", bytes);
        byte[] key = in.counted();
        if (key.length <= RowKeys.ISSUER_BYTES + 1) {
            throw in.damaged("a key of %d bytes".formatted(key.length));
        }
        int form = key[key.length - 1];
        if (form < 0 || form >= CertIdVariant.COUNT) {
            throw in.damaged("form " + form);
        }
        ResponseCodec.Row row = ResponseCodec.decode(in);
        ResponseRecord record =
                new ResponseRecord(
                        RowKeys.issuerIn(key),
                        serial(key, in),
                        CertIdVariant.hash(form),
                        CertIdVariant.parameters(form),
                        row.status(),
                        row.window(),
                        row.template(),
                        row.signature());
        if (!Arrays.equals(record.encode(), bytes)) {
            throw in.damaged("not in its shortest form");
        }
        return record;
    }

    private static Serial serial(byte[] key, RowReader in) {
        try {
            return RowKeys.serialOfResponse(key);
        } catch (InvalidSerialException e) {
            throw in.damaged(String.valueOf(e.getMessage()));
        }
    }
}
