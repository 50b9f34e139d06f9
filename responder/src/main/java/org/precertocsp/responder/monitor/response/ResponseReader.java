package org.precertocsp.responder.monitor.response;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireReply;
import org.precertocsp.signer.SignedResponse;

/// Parses HTTP responses as OCSP responses.
public final class ResponseReader {
    private ResponseReader() {}

    public static Reading read(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed -> new Reading.None(failed.why());
            case Outcome.Replied replied -> read(replied.reply());
        };
    }

    private static Reading read(WireReply reply) {
        Octets body = reply.body();
        if (body.length() == 0) {
            return new Reading.None("HTTP %d without a body".formatted(reply.status()));
        }
        try {
            return read(body);
        } catch (IOException | RuntimeException e) {
            // The parser throws many kinds of exceptions for malformed ASN.1.
            return new Reading.None(
                    "HTTP %d with %d bytes that are not an OCSP response"
                            .formatted(reply.status(), body.length()));
        }
    }

    private static Reading read(Octets body) throws IOException {
        OCSPResponse response = OCSPResponse.getInstance(strict(body));
        int code = response.getResponseStatus().getIntValue();
        ResponseBytes bytes = response.getResponseBytes();
        if (code != 0) {
            return new Reading.Refusal(code, bytes != null);
        }
        if (bytes == null) {
            return new Reading.None("a successful response without responseBytes");
        }
        if (!bytes.getResponseType().equals(OCSPObjectIdentifiers.id_pkix_ocsp_basic)) {
            return new Reading.None("response type " + bytes.getResponseType());
        }
        Octets basic = Octets.of(bytes.getResponse().getOctets());
        return new Reading.Signed(SignedReading.of(body, basic, isDer(body) && isDer(basic)));
    }

    /// Parses an OCSPResponse that was not received over HTTP.
    public static Reading read(SignedResponse response) {
        try {
            return read(response.der());
        } catch (IOException e) {
            throw new IllegalStateException("our own signer writes DER", e);
        }
    }

    /// @throws IOException if it is not ASN.1, or if more bytes follow
    private static ASN1Primitive strict(Octets body) throws IOException {
        return ASN1Primitive.fromByteArray(body.toArray());
    }

    private static boolean isDer(Octets octets) throws IOException {
        byte[] again = strict(octets).getEncoded(ASN1Encoding.DER);
        return Octets.of(again).equals(octets);
    }
}
