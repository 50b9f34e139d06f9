package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.intake.LoadTracer;
import org.precertocsp.responder.tracing.ApiCallTracer;
import org.precertocsp.responder.tracing.FakeCollector;
import org.precertocsp.responder.tracing.Tracing;

/// What a collector learns of a whole server, over TLS: enough, and nothing of customers.
final class TracingTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final BigInteger SERIAL = new BigInteger("5a17c0ffee5a17c0ffee4711", 16);
    private static final String FORCED = "0af7651916cd43dd8448eb211c80319c";

    @TempDir static Path directory;

    private static FakeCollector collector;
    private static String page = "";
    private static int received;

    @BeforeAll
    static void a_server_answers_loads_and_is_asked_by_its_operators() throws Exception {
        int admin = FreePort.next();
        int api = FreePort.next();
        TestCa ca = TestCa.root("CA");
        KeyPair signer = TestCa.p256();
        KeyPair keys = TestCa.p256();
        collector = FakeCollector.start(java(server(ca, keys)), keys);
        configure(ca, signer, admin, api);
        RunningServer running = new Wiring(CLOCK).launcher().start(ConfigReader.read(file()));
        try {
            String leaf = directory.resolve("leaf.pem").toString();
            assertThat(
                            Main.commandLine(CLOCK)
                                    .execute("load", "certificates", "-c", file().toString(), leaf))
                    .isZero();
            OcspClient client = new OcspClient(running.addresses().getFirst(), signer.getPublic());
            client.ask(directory.resolve("ca.pem"), Serial.of(SERIAL));
            int port = running.addresses().getFirst().getPort();
            send(port, "/" + request(ca));
            send(api, "/v1/issuers");
            page = pageAfter(admin);
        } finally {
            // What has not been sent yet is sent now.
            running.close();
        }
        collector.close();
    }

    /// The metrics once the collector has the last request's span. That spans were sent is counted
    /// after the collector has taken them, so it may take another look.
    private static String pageAfter(int admin) throws IOException, InterruptedException {
        collector.await(it -> it.called("GET /v1/issuers").size() == 1);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        String text;
        do {
            received = collector.spans().size();
            text = send(admin, "/metrics");
        } while (!text.contains(sent(received)) && System.nanoTime() < end);
        return text;
    }

    private static String sent(int spans) {
        return "precertocsp_trace_spans_total{result=\"sent\"} %d.0".formatted(spans);
    }

    @Test
    void a_request_is_told_part_by_part() {
        Span request = collector.only("POST /");
        assertThat(FakeCollector.words(request))
                .containsEntry("ocsp.layer", "signer")
                .containsEntry("ocsp.outcome", "answered")
                .containsEntry("ocsp.hash", "sha1");
        assertThat(collector.children(request))
                .extracting(Span::getName)
                .contains("wait for a thread", "find status", "find response", "sign");
        Span sign =
                collector.children(request).stream()
                        .filter(it -> it.getName().equals("sign"))
                        .findFirst()
                        .orElseThrow();
        assertThat(FakeCollector.words(sign)).containsEntry("ocsp.issuer", "one");
        assertThat(collector.children(sign)).extracting(Span::getName).containsExactly("use key");
        assertThat(request.getEndTimeUnixNano()).isGreaterThanOrEqualTo(sign.getEndTimeUnixNano());
    }

    @Test
    void operators_carry_on_their_traces_and_clients_do_not() {
        assertThat(trace(collector.only("GET /v1/issuers"))).isEqualTo(FORCED);
        Span asked = collector.only("GET /");
        assertThat(trace(asked)).isNotEqualTo(FORCED);
        assertThat(asked.getParentSpanId()).isEmpty();
    }

    @Test
    void a_file_is_a_trace_with_what_it_brought() {
        assertThat(FakeCollector.words(collector.only("load certificates")))
                .containsEntry("feed.result", "taken")
                .containsEntry("feed.added", "1");
    }

    @Test
    void no_serial_no_address_and_no_name_of_a_customer_is_ever_told() {
        ByteString octets = collector.octets();
        String text = octets.toString(StandardCharsets.ISO_8859_1);

        assertThat(text).contains("precert-ocsp", "find status");
        assertThat(text.toLowerCase(Locale.ROOT))
                .doesNotContain(SERIAL.toString(16), SERIAL.toString(), "leaf", "127.0.0.1");
        assertThat(text)
                .doesNotContain(new String(SERIAL.toByteArray(), StandardCharsets.ISO_8859_1));
    }

    @Test
    void as_many_spans_are_counted_as_sent_as_the_collector_has() {
        assertThat(received).isPositive();
        assertThat(page.lines())
                .contains("precertocsp_trace_spans_total{result=\"full\"} 0.0")
                .contains("precertocsp_trace_spans_total{result=\"failed\"} 0.0")
                .contains(sent(received));
    }

    @Test
    void without_the_section_nothing_stands_on_the_way_of_an_answer() {
        Tracing off = Tracing.off();
        ResponseSource chain = _ -> new Answer.NotOurs("");

        assertThat(off.isOff()).isTrue();
        assertThat(off.sources(chain).get()).isSameAs(chain);
        assertThat(off.sources(chain).post()).isSameAs(chain);
        assertThat(off.calls()).isSameAs(ApiCallTracer.NONE);
        assertThat(off.loads()).isSameAs(LoadTracer.NONE);
    }

    @Test
    void without_the_section_no_thread_waits_for_spans() throws Exception {
        Path file = directory.resolve("off.yaml");
        Files.writeString(
                file,
                Files.readString(file())
                        .replaceAll("(?m)^tracing:.*$", "")
                        .replaceAll("(?m)^admin:.*$", ""));
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Tracing tracing = Tracing.start(ConfigReader.read(file).tracing(), "/", CLOCK);
        tracing.close();

        assertThat(tracing.isOff()).isTrue();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> !before.contains(thread))
                .extracting(Thread::getName)
                .noneMatch(name -> name.matches("BatchSpanProcessor.*|HttpClient.*"));
    }

    private static String trace(Span span) {
        return HexFormat.of().formatHex(span.getTraceId().toByteArray());
    }

    /// The path of a GET that no event loop has an answer for.
    private static String request(TestCa ca) throws Exception {
        CertificateID asked =
                new CertificateID(
                        new BcDigestCalculatorProvider()
                                .get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)),
                        ca.holder(),
                        SERIAL);
        byte[] der = new OCSPReqBuilder().addRequest(asked).build().getEncoded();
        return URLEncoder.encode(
                Base64.getEncoder().encodeToString(der), StandardCharsets.US_ASCII);
    }

    /// A GET by whose header its client would have it traced.
    private static String send(int port, String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .header("traceparent", "00-" + FORCED + "-b7ad6b7169203331-01")
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            return response.body();
        }
    }

    private static X509CertificateHolder server(TestCa ca, KeyPair keys) {
        return ca.certificate(BigInteger.TEN, TestCa.name("collector"), keys, TestCa.onLoopback());
    }

    private static Certificate java(X509CertificateHolder certificate) throws Exception {
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(certificate.getEncoded()));
    }

    private static void configure(TestCa ca, KeyPair signer, int admin, int api)
            throws IOException {
        TestCa.write(directory.resolve("ca.pem"), ca.holder());
        ca.writeSigner(directory, signer);
        TestCa.write(
                directory.resolve("leaf.pem"),
                ca.certificate(SERIAL, TestCa.name("leaf"), TestCa.p256(), builder -> {}));
        Files.writeString(
                file(),
                """
                store: {directory: store}
                spool: {poll: 50ms}
                http: {listen: ["127.0.0.1:0"]}
                admin: {listen: "127.0.0.1:%d", api: {listen: "127.0.0.1:%d", plain: true, role: operator}}
                tracing: {endpoint: "%s", ca: ca.pem, sample: 1}
                issuers:
                  - name: one
                    certificates: ca.pem
                    profile: private
                    responder: {certificate: signer.pem, key: {pem: {file: signer.key}}}
                """
                        .formatted(admin, api, collector.endpoint()));
    }

    private static Path file() {
        return directory.resolve("precert-ocsp.yaml");
    }
}
