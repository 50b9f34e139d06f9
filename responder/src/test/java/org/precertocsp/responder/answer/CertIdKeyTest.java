package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.TestChanges;

final class CertIdKeyTest {
    @Property(tries = 300)
    void bytes_are_those_of_bouncy_castle(@ForAll("certIds") CertId certId) throws IOException {
        assertThat(CertIdKey.of(certId).toArray()).isEqualTo(encoded(certId));
    }

    @Property(tries = 300)
    void different_certids_are_different_bytes(
            @ForAll("certIds") CertId one, @ForAll("certIds") CertId other) {
        assertThat(CertIdKey.of(one).equals(CertIdKey.of(other))).isEqualTo(one.equals(other));
    }

    @Provide
    Arbitrary<CertId> certIds() {
        Arbitrary<Serial> serials =
                Arbitraries.bytes()
                        .array(byte[].class)
                        .ofMinSize(1)
                        .ofMaxSize(20)
                        .map(octets -> Serial.of(new java.math.BigInteger(octets)));
        return Combinators.combine(
                        Arbitraries.of(HashAlgorithm.class),
                        Arbitraries.of(DigestParameters.class),
                        serials)
                .as(
                        (hash, parameters, serial) ->
                                TestChanges.ISSUER.certId(hash, parameters, serial));
    }

    private static byte[] encoded(CertId certId) throws IOException {
        ASN1ObjectIdentifier oid = new ASN1ObjectIdentifier(certId.hashAlgorithm().oid());
        AlgorithmIdentifier algorithm =
                certId.parameters() == DigestParameters.NULL
                        ? new AlgorithmIdentifier(oid, DERNull.INSTANCE)
                        : new AlgorithmIdentifier(oid);
        byte[] der =
                new CertID(
                                algorithm,
                                octetString(certId.issuerNameHash()),
                                octetString(certId.issuerKeyHash()),
                                new ASN1Integer(certId.serial().number()))
                        .getEncoded();
        return der;
    }

    private static DEROctetString octetString(ByteString octets) {
        return new DEROctetString(octets.toArray());
    }
}
