package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.TestCa;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FedIssuer;

/// No certificate upsets the transformation that compares it with its precertificate.
final class CommittedContentFuzzTest {
    private static final TestCa CA = TestCa.root("Fuzzed CA");
    private static final TestCa PSC = CA.precertificateSigner("Fuzzed Precertificate Signer");

    /// Whatever the certificate, its content is computed or it is malformed; what is computed has
    /// nothing left to remove.
    @MethodSource("org.precertocsp.responder.intake.certificate.CertificateFuzzTest#certificates")
    @FuzzTest(maxDuration = "3s")
    void content_of_any_certificate_is_computed_once_and_for_all(byte[] octets) {
        try {
            RawCertificate certificate = RawCertificate.parse(Octets.of(octets));
            Octets tbs = CommittedContent.tbs(certificate, Optional.empty());
            CommittedContent.tbs(certificate, Optional.of(signer()));
            RawCertificate again = around(tbs, certificate);
            assertThat(CommittedContent.tbs(again, Optional.empty())).isEqualTo(tbs);
        } catch (MalformedDerException e) {
            assertThat(e).message().isNotBlank();
        }
    }

    private static RawCertificate around(Octets tbs, RawCertificate certificate)
            throws MalformedDerException {
        byte[] rest = {0x30, 0x00, 0x03, 0x01, 0x00};
        byte[] parts = CertificateFileTest.join(tbs.toArray(), rest);
        assertThat(tbs.length()).isLessThanOrEqualTo(certificate.tbs().length());
        return RawCertificate.parse(Octets.of(DerWriter.encode(DerTag.SEQUENCE, parts)));
    }

    private static PrecertificateSigner signer() {
        return new PrecertificateSigner(
                PSC.certificate(),
                new FedIssuer("final", List.of(CA.certificate()), IssuerProfile.PRIVATE),
                Optional.of(Octets.ofHex("04023000")));
    }
}
