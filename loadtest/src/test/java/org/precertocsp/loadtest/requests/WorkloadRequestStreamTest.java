package org.precertocsp.loadtest.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.junit.jupiter.api.Test;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.loadtest.requests.RequestDescription.Method;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;

final class WorkloadRequestStreamTest {
    private static final TestCa CA = TestCa.root("Load Test CA");
    private static final TargetUrl TARGET = TargetUrl.of("http://ocsp.example:8080/tls");

    @Test
    void requests_say_in_der_what_their_question_says() throws IOException {
        PackedSerialTable.Builder serials = SerialTable.builder();
        for (int octets = 1; octets <= 20; octets++) {
            serials.add(Serial.ofHex("7a".repeat(octets)), ExpectedStatus.GOOD);
            serials.add(Serial.ofHex("fa".repeat(octets)), ExpectedStatus.REVOKED);
        }
        RequestStream supply = supply(serials.build(), new Workload.Shares(0.5, 0.5, 0.5, 0.2));
        RequestEncoder encoder = supply.encoder(TARGET, true);
        EncodedRequest request = new EncodedRequest();

        for (long index = 0; index < 2_000; index++) {
            encoder.encode(index, request);
            RequestDescription question = supply.question(index);
            assertThat(EncodedRequest.expected(request.kind())).isEqualTo(question.expected());
            requireSame(question, parse(question, request));
        }
    }

    private static void requireSame(RequestDescription question, OCSPReq request) {
        IssuerKey issuer = CA.certificate().key();
        CertificateID id = request.getRequestList()[0].getCertID();
        assertThat(request.getRequestList()).hasSize(1);
        assertThat(id.getSerialNumber()).isEqualTo(question.serial().number());
        assertThat(id.getHashAlgOID().getId()).isEqualTo(question.hashAlgorithm().oid());
        assertThat(ByteString.of(id.getIssuerNameHash()))
                .isEqualTo(issuer.nameHash(question.hashAlgorithm()));
        assertThat(ByteString.of(id.getIssuerKeyHash()))
                .isEqualTo(issuer.keyHash(question.hashAlgorithm()));
        Extension nonce = request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        assertThat(nonce != null).isEqualTo(question.nonce().isPresent());
        question.nonce()
                .ifPresent(
                        sent ->
                                assertThat(
                                                ASN1OctetString.getInstance(nonce.getParsedValue())
                                                        .getOctets())
                                        .isEqualTo(sent.value().toArray()));
    }

    private static OCSPReq parse(RequestDescription question, EncodedRequest request)
            throws IOException {
        String http = new String(request.bytes(), 0, request.length(), StandardCharsets.ISO_8859_1);
        int body = http.indexOf("\r\n\r\n") + 4;
        assertThat(http).contains("\r\nHost: ocsp.example:8080\r\n");
        if (question.method() == Method.POST) {
            assertThat(http)
                    .startsWith("POST /tls/ HTTP/1.1\r\n")
                    .contains("Content-Length: " + (request.length() - body) + "\r\n");
            return new OCSPReq(Arrays.copyOfRange(request.bytes(), body, request.length()));
        }
        assertThat(request.length()).isEqualTo(body);
        String path = http.substring("GET /tls/".length(), http.indexOf(" HTTP/1.1\r\n"));
        assertThat(path).doesNotContain("+", "/", "=");
        return new OCSPReq(
                Base64.getDecoder().decode(URLDecoder.decode(path, StandardCharsets.UTF_8)));
    }

    @Test
    void shares_are_kept() {
        RequestStream supply = supply(table(100), new Workload.Shares(0.25, 0.1, 0, 0.05));
        int gets = 0;
        int unassigned = 0;
        for (int i = 0; i < 20_000; i++) {
            RequestDescription question = supply.question(i);
            gets += question.method() == Method.GET ? 1 : 0;
            unassigned += question.expected() == ExpectedStatus.UNASSIGNED ? 1 : 0;
        }

        assertThat(gets).isBetween(4_700, 5_300);
        assertThat(unassigned).isBetween(880, 1_120);
    }

    @Test
    void in_sequence_each_serial_is_asked_about_once() {
        RequestStream supply = supply(table(1_000), new Workload.Shares(1, 0, 0, 0));
        Set<Serial> asked = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            asked.add(supply.question(i).serial());
        }

        assertThat(asked).hasSize(1_000);
    }

    @Test
    void closing_connections_is_said() {
        EncodedRequest request = new EncodedRequest();
        supply(table(1), new Workload.Shares(1, 0, 0, 0)).encoder(TARGET, false).encode(0, request);

        assertThat(new String(request.bytes(), 0, request.length(), StandardCharsets.ISO_8859_1))
                .contains("\r\nConnection: close\r\n");
    }

    @Test
    void asking_about_serials_that_are_not_there_is_refused() {
        SerialPopulation empty =
                SerialPopulation.of(CA.certificate(), SerialTable.builder().build(), 1);

        assertThatThrownBy(() -> RequestStream.of(empty, Workload.plainGet()))
                .hasMessageContaining("no assigned serial");
    }

    private static SerialTable table(int size) {
        return SerialTable.random(7, size, ExpectedStatus.GOOD);
    }

    private static RequestStream supply(SerialTable table, Workload.Shares shares) {
        return RequestStream.of(
                SerialPopulation.of(CA.certificate(), table, 3),
                new Workload(shares, new Workload.Order.Sequential(), 3));
    }
}
