package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Files of certificates that other responders failed on. The same rules are proven on data of our
/// own in [CertificateFeedTest] and [CertificateFileFormatTest].
@EnabledIfEnvironmentVariable(
        named = "PRECERT_OCSP_VECTORS",
        matches = ".+",
        disabledReason = "the directory of test vectors is not named")
final class CertificateCasesTest {
    private static final Path CASES =
            Path.of(System.getenv().getOrDefault("PRECERT_OCSP_VECTORS", "")).resolve("../cases");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x03-poison-empty.pem",
                "x04-poison-noncritical.pem",
                "x05-poison-and-sct.pem"
            })
    void precertificate_with_a_faulty_poison_is_assigned_with_a_warning(String file)
            throws Exception {
        RecordingSink sink = read(file, "tls");

        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.warnings()).isNotEmpty();
        assertThat(sink.changes())
                .singleElement()
                .isInstanceOfSatisfying(
                        StatusChange.Assign.class,
                        change -> assertThat(change.by()).isEqualTo(AssignedBy.PRECERTIFICATE));
    }

    @Test
    void name_in_another_string_type_is_refused_with_what_to_configure() throws Exception {
        RecordingSink sink = read("x06-issuer-printable.pem", "utf8");

        assertThat(sink.changes()).isEmpty();
        assertThat(sink.refusals().toString())
                .contains("writes that name in other bytes", "an issuer of its own");
    }

    @ParameterizedTest
    @CsvSource({
        "x09-p7b.p7b, openssl pkcs7 -print_certs",
        "x09b-p7b-pem.pem, openssl pkcs7 -print_certs",
        "x11-json.json, is JSON",
        "x25-ldif.ldif, is LDIF"
    })
    void what_is_no_certificate_file_is_called_by_its_name(String file, String name) {
        assertThatThrownBy(() -> read(file, "priv"))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContaining(name);
    }

    private static RecordingSink read(String file, String ca)
            throws InvalidCertificateException, FeedRejectedException, IOException {
        IssuerCertificate issuer =
                CertificateFile.readFirst(CASES.resolve("fixtures/ca/" + ca + ".pem"));
        ConfiguredIssuer.Directory issuers =
                new ConfiguredIssuer.Directory(
                        List.of(new ConfiguredIssuer(ca, List.of(issuer), IssuerProfile.TLS)));
        assertThat(Files.exists(CASES.resolve(file))).isTrue();
        return FeedRun.read(
                new CertificateFeed(PrecertificateSigningCertificates.none(issuers)),
                CASES.resolve(file),
                ProgressListener.SILENT);
    }
}
