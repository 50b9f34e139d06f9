package org.precertocsp.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;

final class IssuerKeyTest {
    private static final ByteString NAME = ByteString.ofHex("3000");
    private static final ByteString BITS = ByteString.ofHex("0401020304");

    @ParameterizedTest
    @EnumSource
    @Requirement({"CI-01", "CI-02", "CI-03"})
    void hashes_are_those_bouncy_castle_makes_of_the_certificate(HashAlgorithm hash)
            throws OCSPException, OperatorCreationException {
        TestCa ca = TestCa.root("Hashes");
        Serial serial = Serial.ofHex("0a0b");
        CertificateID expected =
                new CertificateID(
                        new BcDigestCalculatorProvider()
                                .get(new AlgorithmIdentifier(new ASN1ObjectIdentifier(hash.oid()))),
                        ca.holder(),
                        serial.number());

        CertId made = ca.certificate().key().certId(hash, DigestParameters.ABSENT, serial);

        assertThat(made.issuerNameHash()).isEqualTo(ByteString.of(expected.getIssuerNameHash()));
        assertThat(made.issuerKeyHash()).isEqualTo(ByteString.of(expected.getIssuerKeyHash()));
        assertThat(made.issuerKeyHash().length()).isEqualTo(hash.length());
        assertThat(made.serial()).isEqualTo(serial);
    }

    @Test
    @Requirement("CI-09")
    void name_and_key_both_make_the_identity() {
        IssuerKey key = IssuerKey.of(NAME, BITS);

        assertThat(key)
                .isEqualTo(IssuerKey.of(NAME, BITS))
                .hasSameHashCodeAs(IssuerKey.of(NAME, BITS));
        assertThat(key).isNotEqualTo(IssuerKey.of(ByteString.ofHex("3001"), BITS));
        assertThat(key).isNotEqualTo(IssuerKey.of(NAME, ByteString.ofHex("0401020305")));
    }

    @Test
    void text_shows_the_start_of_both_hashes() throws NoSuchAlgorithmException {
        byte[] nameHash = MessageDigest.getInstance("SHA-256").digest(NAME.toArray());

        assertThat(IssuerKey.of(NAME, BITS).toString())
                .startsWith("name " + ByteString.of(nameHash, 0, 4) + " key ");
    }

    @Test
    @Requirement("CI-10")
    void other_hashes_are_not_served() {
        assertThat(HashAlgorithm.ofOid("2.16.840.1.101.3.4.2.1")).contains(HashAlgorithm.SHA256);
        assertThat(HashAlgorithm.ofOid("1.2.840.113549.2.5")).as("MD5").isEmpty();
        assertThat(HashAlgorithm.ofOid("2.16.840.1.101.3.4.2.4")).as("SHA-224").isEmpty();
    }
}
