package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;

/// Other people's clients, as they come, against a server process.
final class ClientsIT {
    @TempDir static Path directory;
    private static TestIssuer issuer;
    private static Distribution.Server server;
    private static X509CertificateHolder good;
    private static X509CertificateHolder revoked;

    @BeforeAll
    static void start() throws IOException {
        issuer = new TestIssuer(directory);
        issuer.useAnswers("{nonce: echo}");
        good = issuer.issue(0x1000_0001);
        revoked = issuer.issue(0x1000_0002);
        issuer.write("good.pem", good);
        issuer.write("revoked.pem", revoked);
        issuer.write("precertificate.pem", issuer.ca.precertificate(BigInteger.valueOf(0x1003)));
        Files.writeString(
                directory.resolve("revoked.csv"),
                """
                serial_decimal,status,revocation_date,reason,issuer
                %s,revoked,2026-11-01T12:00:00Z,keyCompromise,test
                """
                        .formatted(revoked.getSerialNumber()));
        assertThat(issuer.load("certificates", "good.pem", "revoked.pem", "precertificate.pem"))
                .extracting(Command.Result::exitCode)
                .isEqualTo(0);
        issuer.load("csv", "revoked.csv").exits(0);
        server = issuer.serve();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-sha1", "-sha256", "-sha384", "-sha512"})
    @Requirement({"CI-03", "CI-06", "RP-01", "RC-01"})
    void openssl_is_answered_in_the_hash_it_asks_with(String hash) {
        String said =
                new OpenSsl(directory).ask(issuer.url(), hash, "-cert", "good.pem", "-no_nonce");

        assertThat(said).contains("Response verify OK").contains("good.pem: good");
    }

    @Test
    @Requirement({"RP-04", "SS-01"})
    void openssl_asks_for_several_certificates_at_once() {
        String said =
                issuer.openssl("good.pem", "-cert", "revoked.pem", "-cert", "precertificate.pem");

        assertThat(said)
                .contains("Response verify OK")
                .contains("good.pem: good")
                .contains("revoked.pem: revoked")
                .contains("Reason: keyCompromise")
                .contains("precertificate.pem: good");
    }

    @Test
    @Requirement({"NO-02", "NO-05", "NO-08"})
    void openssl_gets_its_nonce_back() {
        String said = new OpenSsl(directory).ask(issuer.url(), "-cert", "good.pem", "-nonce");

        assertThat(said).contains("Response verify OK").doesNotContain("no nonce");
    }

    @Test
    @Requirement({"RP-01", "RC-01"})
    void gnutls_accepts_good_and_refuses_revoked() {
        assertThat(ocsptool("good.pem"))
                .contains("Certificate Status: good")
                .contains("Verifying OCSP Response: Success");
        assertThat(ocsptool("revoked.pem"))
                .contains("Certificate Status: revoked")
                .contains("Verifying OCSP Response: Success");
    }

    @Test
    @Requirement({"RP-01", "RC-01", "CI-05"})
    void java_accepts_good_and_refuses_revoked() throws Exception {
        checkRevocation(good);

        assertThatThrownBy(() -> checkRevocation(revoked))
                .isInstanceOfSatisfying(
                        CertPathValidatorException.class,
                        e ->
                                assertThat(e.getReason())
                                        .isEqualTo(CertPathValidatorException.BasicReason.REVOKED));
    }

    @Test
    @Requirement({"HT-01", "HT-03", "HT-04", "HT-06"})
    void curl_gets_through_with_awkward_encodings() throws IOException {
        String base64 = request("good.pem");
        String escaped = URLEncoder.encode(base64, StandardCharsets.UTF_8);
        List<String> paths =
                List.of(
                        "/" + base64,
                        "/" + escaped,
                        "/" + escaped.replace("%2F", "%2f").replace("%3D", "%3d"),
                        "//" + escaped,
                        "/" + base64.replace("=", ""));
        for (String path : paths) {
            Command.Result reply =
                    Command.run(
                            directory,
                            "curl",
                            "-s",
                            "--path-as-is",
                            "-D",
                            "headers.txt",
                            "-o",
                            "reply.der",
                            issuer.url() + path);

            reply.exits(0);
            assertThat(Files.readString(directory.resolve("headers.txt")))
                    .contains("200 OK")
                    .containsIgnoringCase("content-type: application/ocsp-response")
                    // What a cache may keep is written in one of few ways.
                    .containsIgnoringCase(
                            Set.of("/" + base64, "/" + escaped).contains(path)
                                    ? "cache-control: max-age="
                                    : "cache-control: no-store");
            assertThat(verify("reply.der")).contains("Response verify OK").contains(": good");
        }
    }

    @Test
    @Requirement("RP-22")
    void responses_are_strict_der() throws Exception {
        request("revoked.pem");
        Command.run(
                directory,
                "curl",
                "-s",
                "--data-binary",
                "@request.der",
                "-H",
                "Content-Type: application/ocsp-request",
                "-o",
                "strict.der",
                issuer.url());
        byte[] der = Files.readAllBytes(directory.resolve("strict.der"));

        assertThat(ASN1Primitive.fromByteArray(der).getEncoded("DER")).isEqualTo(der);
        assertThat(new OCSPResp(der).getStatus()).isZero();
    }

    @Test
    @Requirement("TF-17")
    void server_that_is_told_to_stop_ends_cleanly() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("other"));
        TestIssuer other = new TestIssuer(folder);
        Distribution.Server another = other.serve();

        assertThat(
                        Command.run(
                                        folder,
                                        "curl",
                                        "-s",
                                        "-o",
                                        "/dev/null",
                                        "-w",
                                        "%{http_code}",
                                        "http://127.0.0.1:" + other.healthPort + "/readyz")
                                .output())
                .isEqualTo("200");
        assertThat(another.terminate()).isZero();
    }

    private static String ocsptool(String certificate) {
        return Command.run(
                        directory,
                        "ocsptool",
                        "--ask=" + issuer.url(),
                        "--load-cert",
                        certificate,
                        "--load-issuer",
                        "issuer.pem",
                        "--load-trust",
                        "issuer.pem")
                .output();
    }

    private static String verify(String response) {
        return new OpenSsl(directory).verify(response, "-cert", "good.pem");
    }

    /// Writes `request.der` and returns it in base64.
    private static String request(String certificate) throws IOException {
        new OpenSsl(directory).writeRequest("request.der", "-cert", certificate);
        return Base64.getEncoder()
                .encodeToString(Files.readAllBytes(directory.resolve("request.der")));
    }

    private static void checkRevocation(X509CertificateHolder certificate)
            throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        CertPath path =
                factory.generateCertPath(
                        List.of(parse(factory, certificate), parse(factory, issuer.ca.holder())));
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        checker.setOcspResponder(URI.create(issuer.url()));
        checker.setOptions(
                EnumSet.of(
                        PKIXRevocationChecker.Option.ONLY_END_ENTITY,
                        PKIXRevocationChecker.Option.NO_FALLBACK));
        PKIXParameters parameters =
                new PKIXParameters(
                        Set.of(new TrustAnchor(parse(factory, issuer.root.holder()), null)));
        parameters.addCertPathChecker(checker);
        validator.validate(path, parameters);
    }

    private static X509Certificate parse(
            CertificateFactory factory, X509CertificateHolder certificate)
            throws GeneralSecurityException {
        return (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(TestCa.encoded(certificate)));
    }
}
