package org.precertocsp.responder.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;

/// Compares a view that read other requests before with the objects that a new one makes.
public final class OcspRequestViewCheck {
    private static final OcspRequestDecoder DECODER = new OcspRequestDecoder(new RequestLimits(8));
    private static final ThreadLocal<OcspRequestView> USED =
            ThreadLocal.withInitial(DECODER::newView);

    private OcspRequestViewCheck() {}

    /// Reads as an event loop does; fails if a new view reads the same bytes in another way.
    ///
    /// @return whether the request is of the usual form
    static boolean isUsual(byte[] der) {
        // Inside a larger array, so that reading past the end finds something.
        byte[] source = Requests.filled(der.length + 40, 0x01);
        System.arraycopy(der, 0, source, 7, der.length);
        OcspRequestView view = USED.get();
        boolean usual = view.read(source, 7, der.length);
        DecodeResult decoded = DECODER.decode(der);
        if (usual) {
            assertReads(view, decoded);
        } else {
            assertThat(withoutOffset(view.result())).isEqualTo(withoutOffset(decoded));
        }
        return usual;
    }

    /// Messages name the position in the array.
    private static DecodeResult withoutOffset(DecodeResult result) {
        return result instanceof RejectedRequest(OcspError error, String why)
                ? new RejectedRequest(error, why.replaceFirst(" \\(offset .*", ""))
                : result;
    }

    /// The parts of the view are those of the objects.
    public static void assertReads(OcspRequestView view, DecodeResult decoded) {
        assertThat(decoded).isInstanceOf(OcspRequest.class);
        OcspRequest query = (OcspRequest) decoded;
        assertThat(view.result()).isEqualTo(query);
        assertThat(query.certIds()).hasSize(1);
        assertThat(view.hasNonce()).isEqualTo(query.nonce().isPresent());
        CertId id = query.certIds().getFirst();
        assertThat(Optional.ofNullable(view.hash())).contains(id.hashAlgorithm());
        int hashLength = id.hashAlgorithm().length();
        assertThat(part(view, view.nameHashOffset(), hashLength)).isEqualTo(id.issuerNameHash());
        assertThat(part(view, view.keyHashOffset(), hashLength)).isEqualTo(id.issuerKeyHash());
        assertThat(part(view, view.serialOffset(), view.serialLength()))
                .isEqualTo(id.serial().content());
        assertThat(part(view, view.certIdOffset(), view.certIdLength()))
                .isEqualTo(ByteString.of(canonical(id)));
    }

    private static ByteString part(OcspRequestView view, int offset, int length) {
        return ByteString.of(view.source(), offset, length);
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
