package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;

/// No certificate upsets the transformation that compares it with its precertificate.
final class TbsNormalizerFuzzTest {
    private static final TestCa CA = TestCa.root("Fuzzed CA");
    private static final TestCa PSC = CA.precertificateSigner("Fuzzed Precertificate Signer");

    /// Whatever the certificate, its content is computed or it is malformed; what is computed has
    /// nothing left to remove.
    @MethodSource("org.precertocsp.responder.intake.certificate.CertificateFuzzTest#certificates")
    @FuzzTest(maxDuration = "3s")
    void content_of_any_certificate_is_computed_once_and_for_all(byte[] octets) {
        try {
            RawCertificate certificate = RawCertificate.parse(ByteString.of(octets));
            ByteString tbs = TbsNormalizer.tbs(certificate, Optional.empty());
            TbsNormalizer.tbs(certificate, Optional.of(signer()));
            RawCertificate again = around(tbs, certificate);
            assertThat(TbsNormalizer.tbs(again, Optional.empty())).isEqualTo(tbs);
        } catch (MalformedDerException e) {
            assertThat(e).message().isNotBlank();
        }
    }

    private static RawCertificate around(ByteString tbs, RawCertificate certificate)
            throws MalformedDerException {
        byte[] rest = {0x30, 0x00, 0x03, 0x01, 0x00};
        byte[] parts = CertificateFileFormatTest.join(tbs.toArray(), rest);
        assertThat(tbs.length()).isLessThanOrEqualTo(certificate.tbs().length());
        return RawCertificate.parse(ByteString.of(DerWriter.encode(DerTag.SEQUENCE, parts)));
    }

    private static PrecertificateSigningCertificate signer() {
        return new PrecertificateSigningCertificate(
                PSC.certificate(),
                new ConfiguredIssuer("final", List.of(CA.certificate()), IssuerProfile.PRIVATE),
                Optional.of(ByteString.ofHex("04023000")));
    }
}
