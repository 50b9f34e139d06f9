package org.precertocsp.responder.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;

/// Compares the two readers of requests.
public final class OcspRequestViewCheck {
    private static final OcspRequestDecoder DECODER = new OcspRequestDecoder(new RequestLimits(8));

    private OcspRequestViewCheck() {}

    /// Reads as the hot path does; fails if the decoder would read the same octets otherwise.
    ///
    /// @return whether the hot path took it
    static boolean isPlain(byte[] der) {
        // Inside a larger array, so that reading past the end finds something.
        byte[] source = Requests.filled(der.length + 40, 0x01);
        System.arraycopy(der, 0, source, 7, der.length);
        OcspRequestView plain = new OcspRequestView();
        if (!plain.read(source, 7, der.length)) {
            return false;
        }
        assertReads(plain, DECODER.decode(der));
        return true;
    }

    /// The query found is what the decoder found.
    public static void assertReads(OcspRequestView plain, DecodeResult decoded) {
        assertThat(decoded).isInstanceOf(OcspRequest.class);
        OcspRequest query = (OcspRequest) decoded;
        assertThat(plain.toQuery()).isEqualTo(query);
        assertThat(query.certIds()).hasSize(1);
        assertThat(plain.hasNonce()).isEqualTo(query.nonce().isPresent());
        CertId id = query.certIds().getFirst();
        assertThat(Optional.ofNullable(plain.hash())).contains(id.hashAlgorithm());
        int hashLength = id.hashAlgorithm().length();
        assertThat(part(plain, plain.nameHashOffset(), hashLength)).isEqualTo(id.issuerNameHash());
        assertThat(part(plain, plain.keyHashOffset(), hashLength)).isEqualTo(id.issuerKeyHash());
        assertThat(part(plain, plain.serialOffset(), plain.serialLength()))
                .isEqualTo(id.serial().content());
        assertThat(part(plain, plain.certIdOffset(), plain.certIdLength()))
                .isEqualTo(ByteString.of(canonical(id)));
    }

    private static ByteString part(OcspRequestView plain, int offset, int length) {
        return ByteString.of(plain.source(), offset, length);
    }

    /// The one encoding DER has for it.
    private static byte[] canonical(CertId id) {
        byte[] parameters =
                id.parameters() == DigestParameters.NULL ? Requests.tlv(0x05) : new byte[0];
        return Requests.tlv(
                0x30,
                Requests.tlv(0x30, id.hashAlgorithm().oidDer().toArray(), parameters),
                Requests.tlv(0x04, id.issuerNameHash().toArray()),
                Requests.tlv(0x04, id.issuerKeyHash().toArray()),
                Requests.tlv(0x02, id.serial().content().toArray()));
    }
}
