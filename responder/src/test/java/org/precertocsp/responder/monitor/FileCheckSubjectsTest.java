package org.precertocsp.responder.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocketFactory;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.Serial;

final class FileCheckSubjectsTest {
    private static final TestCa ROOT = TestCa.root("Test Root");
    private static final TestCa CA = ROOT.subordinate("Test Issuing CA");
    private static final BigInteger SERIAL = new BigInteger("5be1ee70a0b1c2d3", 16);

    @TempDir Path directory;

    @Test
    void folder_is_searched_for_issuers_and_only_certificates_are_asked_about() throws Exception {
        TestCa.write(directory.resolve("a.pem"), CA.issue(SERIAL));
        Files.write(directory.resolve("b.der"), TestCa.encoded(CA.precertificate(BigInteger.TWO)));
        TestCa.write(directory.resolve("ca.pem"), CA.holder());
        TestCa.write(directory.resolve("responder.pem"), CA.delegate(TestCa.p256()));
        Files.writeString(directory.resolve("notes.txt"), "not a certificate");

        FileCheckSubjects.Result read = read(List.of(directory), List.of());

        assertThat(read.problems()).isEmpty();
        assertThat(read.subjects())
                .extracting(CheckSubject::kind)
                .containsExactly(CheckSubject.Kind.CERTIFICATE, CheckSubject.Kind.PRECERTIFICATE);
        assertThat(read.subjects().getFirst().serial()).isEqualTo(Serial.of(SERIAL));
        assertThat(read.subjects().getFirst().issuer().key()).isEqualTo(CA.certificate().key());
    }

    @Test
    @Requirement("SS-02")
    void precertificate_of_a_signing_certificate_is_asked_about_under_the_final_CA()
            throws Exception {
        TestCa signer = CA.precertificateSigner("Test Precertificate Signing");
        Path file = TestCa.write(directory.resolve("p.pem"), signer.precertificate(SERIAL));
        Path issuers = directory.resolve("issuers.pem");
        Files.writeString(issuers, pem(CA.holder()) + pem(signer.holder()));

        CheckSubject subject = read(List.of(file), List.of(issuers)).subjects().getFirst();

        assertThat(subject.kind()).isEqualTo(CheckSubject.Kind.PRECERTIFICATE_BY_SIGNER);
        assertThat(subject.issuer().key()).isEqualTo(CA.certificate().key());
    }

    @Test
    void issuer_nobody_gave_is_told_with_the_remedy() throws Exception {
        Path file = TestCa.write(directory.resolve("leaf.pem"), CA.issue(SERIAL));

        FileCheckSubjects.Result read = read(List.of(file), List.of());

        assertThat(read.subjects()).isEmpty();
        assertThat(read.problems())
                .singleElement()
                .asString()
                .contains("leaf.pem", "Test Issuing CA", "names no address", "--issuer");
    }

    @Test
    void issuer_with_the_name_alone_is_not_taken() throws Exception {
        Path file = TestCa.write(directory.resolve("leaf.pem"), CA.issue(SERIAL));
        Path sister =
                TestCa.write(
                        directory.resolve("sister.pem"),
                        ROOT.subordinate("Test Issuing CA").holder());

        FileCheckSubjects.Result read = read(List.of(file), List.of(sister));

        assertThat(read.subjects()).isEmpty();
        assertThat(read.problems()).singleElement().asString().contains("leaf.pem");
    }

    @Test
    void issuer_and_service_are_found_where_the_certificate_says() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/ca.der",
                exchange -> {
                    byte[] der = TestCa.encoded(CA.holder());
                    exchange.sendResponseHeaders(200, der.length);
                    exchange.getResponseBody().write(der);
                    exchange.close();
                });
        server.start();
        try {
            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            X509CertificateHolder leaf =
                    CA.issue(SERIAL, TestCa.p256(), builder -> addAccess(builder, base));
            Path file = TestCa.write(directory.resolve("leaf.pem"), leaf);

            FileCheckSubjects.Result read = read(List.of(file), List.of());

            assertThat(read.problems()).isEmpty();
            assertThat(read.subjects())
                    .singleElement()
                    .satisfies(
                            subject -> {
                                assertThat(subject.url()).contains(base + "/ocsp");
                                assertThat(subject.named()).contains(base + "/ocsp");
                                assertThat(subject.isOwed()).isTrue();
                            });
        } finally {
            server.stop(0);
        }
    }

    @Test
    void few_addresses_of_a_certificate_are_followed() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    requests.incrementAndGet();
                    exchange.sendResponseHeaders(404, -1);
                    exchange.close();
                });
        server.start();
        try {
            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            Path file = withIssuerAddresses(base, 500);

            FileCheckSubjects.Result read = read(List.of(file), List.of());

            assertThat(requests).hasValue(3);
            assertThat(read.problems())
                    .singleElement()
                    .asString()
                    .contains("HTTP 404", "497 more addresses are not followed", "--issuer");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void private_addresses_are_followed_only_if_allowed() throws Exception {
        Path file = withIssuerAddresses("http://127.0.0.1:9", 1);
        FileCheckSubjects.Request request =
                new FileCheckSubjects.Request(List.of(file), List.of(), Optional.empty(), false);

        assertThat(FileCheckSubjects.read(request, wire().publicOnly()).problems())
                .singleElement()
                .asString()
                .contains("a private address");
    }

    private Path withIssuerAddresses(String base, int count) throws Exception {
        AccessDescription[] places = new AccessDescription[count];
        for (int i = 0; i < count; i++) {
            places[i] =
                    new AccessDescription(
                            AccessDescription.id_ad_caIssuers, uri(base + "/" + i + ".der"));
        }
        X509CertificateHolder leaf =
                CA.issue(
                        SERIAL,
                        TestCa.p256(),
                        builder ->
                                builder.addExtension(
                                        Extension.authorityInfoAccess,
                                        false,
                                        new AuthorityInformationAccess(places)));
        return TestCa.write(directory.resolve("addresses.pem"), leaf);
    }

    @Test
    void what_calls_itself_a_certificate_and_is_none_is_told_and_the_others_count()
            throws Exception {
        String broken = "-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n";
        Files.writeString(
                directory.resolve("bundle.pem"),
                pem(CA.issue(SERIAL)) + broken + pem(CA.issue(BigInteger.TWO)));
        byte[] der = TestCa.encoded(CA.issue(BigInteger.valueOf(3)));
        Files.write(directory.resolve("cut.cer"), Arrays.copyOf(der, der.length - 20));
        Files.write(directory.resolve("key.der"), TestCa.p256().getPrivate().getEncoded());
        Files.createDirectory(directory.resolve("more"));
        Path issuer = TestCa.write(directory.resolve("ca.pem"), CA.holder());

        FileCheckSubjects.Result read = read(List.of(directory), List.of(issuer));

        assertThat(read.subjects()).hasSize(2);
        assertThat(read.problems())
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem).contains("bundle.pem#2"))
                .anySatisfy(problem -> assertThat(problem).contains("cut.cer"));
        assertThat(read.notes())
                .hasSize(2)
                .anySatisfy(note -> assertThat(note).contains("1 directories"))
                .anySatisfy(note -> assertThat(note).contains("1 files hold no certificate"));
    }

    @Test
    @Requirement("SA-16")
    void url_given_overrules_but_makes_no_answer_owed() throws Exception {
        Path file = TestCa.write(directory.resolve("leaf.pem"), CA.issue(SERIAL));
        Path issuer = TestCa.write(directory.resolve("ca.pem"), CA.holder());
        FileCheckSubjects.Request request =
                new FileCheckSubjects.Request(
                        List.of(file), List.of(issuer), Optional.of("http://127.0.0.1:8"), false);

        CheckSubject subject = FileCheckSubjects.read(request, wire()).subjects().getFirst();

        assertThat(subject.url()).contains("http://127.0.0.1:8");
        assertThat(subject.isOwed()).isFalse();
    }

    @Test
    void CA_certificates_are_asked_about_if_told_so() throws Exception {
        TestCa.write(directory.resolve("ca.pem"), CA.holder());
        TestCa.write(directory.resolve("root.pem"), ROOT.holder());
        FileCheckSubjects.Request request =
                new FileCheckSubjects.Request(
                        List.of(directory.resolve("ca.pem")),
                        List.of(directory.resolve("root.pem")),
                        Optional.empty(),
                        true);

        assertThat(FileCheckSubjects.read(request, wire()).subjects())
                .extracting(CheckSubject::kind)
                .containsExactly(CheckSubject.Kind.AUTHORITY);
    }

    @Test
    void several_certificates_in_a_file_are_numbered() throws Exception {
        Path file = directory.resolve("all.pem");
        Files.writeString(
                file, pem(CA.issue(SERIAL)) + pem(CA.issue(BigInteger.TWO)) + pem(CA.holder()));

        assertThat(read(List.of(file), List.of()).subjects())
                .extracting(CheckSubject::name)
                .containsExactly(file + "#1", file + "#2");
    }

    @Test
    void file_without_a_certificate_and_empty_folder_are_told() throws Exception {
        Path file = directory.resolve("notes.txt");
        Files.writeString(file, "not a certificate");
        Path folder = Files.createDirectory(directory.resolve("empty"));

        assertThat(read(List.of(file, folder), List.of()).problems())
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem).contains("notes.txt"))
                .anySatisfy(problem -> assertThat(problem).contains("empty holds no file"));
    }

    private static void addAccess(X509v3CertificateBuilder builder, String base)
            throws IOException {
        AccessDescription[] places = {
            new AccessDescription(AccessDescription.id_ad_ocsp, uri(base + "/ocsp")),
            new AccessDescription(AccessDescription.id_ad_caIssuers, uri(base + "/ca.der"))
        };
        builder.addExtension(
                Extension.authorityInfoAccess, false, new AuthorityInformationAccess(places));
    }

    private static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    private static String pem(X509CertificateHolder certificate) {
        return TestCa.pem("CERTIFICATE", TestCa.encoded(certificate));
    }

    private static FileCheckSubjects.Result read(List<Path> files, List<Path> issuers) {
        return FileCheckSubjects.read(
                new FileCheckSubjects.Request(files, issuers, Optional.empty(), false), wire());
    }

    private static RawHttpClient wire() {
        return new RawHttpClient(
                RawHttpLimits.within(Duration.ofSeconds(5)),
                InstantSource.system(),
                (SSLSocketFactory) SSLSocketFactory.getDefault());
    }
}
