package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.Signature;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;

final class IssuerCertificateTest {
    @Test
    void a_key_of_an_elliptic_curve_is_one_that_the_platform_verifies_with() throws Exception {
        Signature verifying = Signature.getInstance("SHA256withECDSA", "SunEC");

        verifying.initVerify(TestCa.root("Curve").certificate().publicKey());

        assertThat(verifying.verify(new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1})).isFalse();
    }

    @Test
    @Requirement({"CI-01", "RC-09"})
    void a_name_is_hashed_as_it_stands_even_where_its_values_are_not_in_der_order()
            throws InvalidCertificateException {
        // SET { C=ZZ, O=Odd } as DER sorts it, and swapped as some CA once wrote it.
        String country = Der.tlv("30", "0603550406", Der.tlv("13", "5a5a"));
        String organisation = Der.tlv("30", "060355040a", Der.tlv("0c", "4f6464"));
        String sorted = Der.tlv("30", Der.tlv("31", country, organisation));
        String swapped = Der.tlv("30", Der.tlv("31", organisation, country));
        TestCa ca = TestCa.root("Odd");
        X509CertificateHolder holder =
                ca.certificate(
                        BigInteger.TWO,
                        X500Name.getInstance(ByteString.ofHex(sorted).toArray()),
                        ca.keys(),
                        TestCa.caUsage());
        String hex = ByteString.of(TestCa.encoded(holder)).toHex();
        assertThat(hex).contains(sorted);

        ByteString odd = ByteString.ofHex(hex.replace(sorted, swapped));

        assertThat(IssuerCertificate.parse(odd).subjectName()).isEqualTo(ByteString.ofHex(swapped));
        assertThat(IssuerCertificate.parse(odd).key().nameHash(HashAlgorithm.SHA1))
                .isEqualTo(HashAlgorithm.SHA1.hash(ByteString.ofHex(swapped)));
    }

    @Test
    void key_usage_is_told() {
        IssuerCertificate ca = TestCa.root("Usage").certificate();

        assertThat(ca.hasKeyUsage()).isTrue();
        assertThat(ca.allows(KeyUsage.digitalSignature)).isTrue();
        assertThat(ca.allows(KeyUsage.keyEncipherment)).isFalse();
    }

    @Test
    void equality_is_that_of_the_bytes() {
        TestCa ca = TestCa.root("Equal");

        assertThat(ca.certificate())
                .isEqualTo(ca.certificate())
                .hasToString("C=ZZ,O=Example Trust,CN=Equal");
        assertThat(ca.certificate()).isNotEqualTo(TestCa.root("Equal").certificate());
    }

    @Test
    void anything_else_than_one_certificate_is_a_problem() throws Exception {
        String hex = TestCa.root("Broken").der().toHex();

        for (String broken :
                new String[] {"", "3000", "00", hex.substring(0, 200), hex + "00", "30" + hex}) {
            assertThatThrownBy(() -> IssuerCertificate.parse(ByteString.ofHex(broken)))
                    .as(broken)
                    .isInstanceOf(InvalidCertificateException.class);
            assertThatThrownBy(() -> DelegateCertificate.parse(ByteString.ofHex(broken)))
                    .as(broken)
                    .isInstanceOf(InvalidCertificateException.class);
        }
    }
}
