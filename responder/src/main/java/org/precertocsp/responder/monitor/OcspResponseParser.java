package org.precertocsp.responder.monitor;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.SignedResponse;

/// Parses HTTP responses as OCSP responses.
public final class OcspResponseParser {
    private OcspResponseParser() {}

    public static ParsedResponse read(HttpOutcome outcome) {
        return switch (outcome) {
            case HttpOutcome.Failed failed -> new ParsedResponse.None(failed.why());
            case HttpOutcome.Replied replied -> read(replied.reply());
        };
    }

    private static ParsedResponse read(RawHttpResponse reply) {
        ByteString body = reply.body();
        if (body.length() == 0) {
            return new ParsedResponse.None("HTTP %d without a body".formatted(reply.status()));
        }
        try {
            return read(body);
        } catch (IOException | RuntimeException e) {
            // The parser throws many kinds of exceptions for malformed ASN.1.
            return new ParsedResponse.None(
                    "HTTP %d with %d bytes that are not an OCSP response"
                            .formatted(reply.status(), body.length()));
        }
    }

    private static ParsedResponse read(ByteString body) throws IOException {
        OCSPResponse response = OCSPResponse.getInstance(strict(body));
        int code = response.getResponseStatus().getIntValue();
        ResponseBytes bytes = response.getResponseBytes();
        if (code != 0) {
            return new ParsedResponse.Refusal(code, bytes != null);
        }
        if (bytes == null) {
            return new ParsedResponse.None("a successful response without responseBytes");
        }
        if (!bytes.getResponseType().equals(OCSPObjectIdentifiers.id_pkix_ocsp_basic)) {
            return new ParsedResponse.None("response type " + bytes.getResponseType());
        }
        ByteString basic = ByteString.of(bytes.getResponse().getOctets());
        return new ParsedResponse.Signed(
                ParsedBasicResponse.of(body, basic, isDer(body) && isDer(basic)));
    }

    /// Parses an OCSPResponse that was not received over HTTP.
    public static ParsedResponse read(SignedResponse response) {
        try {
            return read(response.der());
        } catch (IOException e) {
            throw new IllegalStateException("our own signer writes DER", e);
        }
    }

    /// @throws IOException if it is not ASN.1, or if more bytes follow
    private static ASN1Primitive strict(ByteString body) throws IOException {
        return ASN1Primitive.fromByteArray(body.toArray());
    }

    private static boolean isDer(ByteString der) throws IOException {
        byte[] again = strict(der).getEncoded(ASN1Encoding.DER);
        return ByteString.of(again).equals(der);
    }
}
