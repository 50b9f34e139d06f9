package org.precertocsp.responder.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.ResolvedRequest;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.signer.BoundedSigner;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SigningConfig;
import org.precertocsp.signer.SingleResponseContent;

/// What is told of a request, and what is not.
final class RequestTracingTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final BigInteger SERIAL = new BigInteger("5a17c0ffee4711", 16);
    private static final CertId CERT_ID =
            TestCa.root("CA")
                    .certificate()
                    .key()
                    .certId(HashAlgorithm.SHA256, DigestParameters.ABSENT, Serial.of(SERIAL));
    private static final ResolvedRequest REQUEST =
            new IssuerDirectory(List.of())
                    .resolve(new OcspRequest(List.of(CERT_ID), Optional.empty()), NOW);

    private final FakeClock clock = new FakeClock(NOW);

    private FakeCollector traced(double sample, Consumer<RequestTracing> work) throws Exception {
        try (FakeCollector collector = FakeCollector.start()) {
            try (TracingExporter traces =
                    TracingExporter.start(
                            TracingFixture.config(collector.endpoint(), sample), clock)) {
                work.accept(traces.requests("/ocsp"));
            }
            return collector;
        }
    }

    private Span outcome(Answer answer) throws Exception {
        return traced(1, it -> it.requests("GET", _ -> answer).answer(REQUEST)).only("GET /ocsp");
    }

    @Test
    void a_request_is_told_by_method_layer_and_outcome_from_its_arrival() throws Exception {
        clock.pass(Duration.ofSeconds(2));
        FakeCollector collector =
                traced(
                        1,
                        it -> {
                            ResponseSource source =
                                    _ -> {
                                        RequestTracing.reached("memory");
                                        RequestTracing.reached("disk");
                                        return new Answer.NotOurs("unassigned");
                                    };
                            it.requests("POST", source).answer(REQUEST);
                        });

        Span request = collector.only("POST /ocsp");
        assertThat(FakeCollector.words(request))
                .containsEntry("http.request.method", "POST")
                .containsEntry("http.route", "/ocsp")
                .containsEntry("ocsp.layer", "disk")
                .containsEntry("ocsp.outcome", "unauthorized")
                .containsEntry("ocsp.cert_ids", "1")
                .containsEntry("ocsp.hash", "sha256")
                .hasSize(6);
        assertThat(request.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(request.getParentSpanId()).isEmpty();
        Span wait = collector.only("wait for a thread");
        assertThat(collector.children(request)).containsExactly(wait);
        assertThat(wait.getStartTimeUnixNano())
                .isEqualTo(request.getStartTimeUnixNano())
                .isEqualTo(NOW.getEpochSecond() * 1_000_000_000);
        assertThat(wait.getEndTimeUnixNano() - wait.getStartTimeUnixNano())
                .isGreaterThanOrEqualTo(2_000_000_000);
    }

    @Test
    void every_kind_of_answer_has_its_word_and_its_reason_stays_here() throws Exception {
        assertThat(FakeCollector.words(outcome(new Answer.Busy(Duration.ZERO, "4711 waits"))))
                .containsEntry("ocsp.outcome", "try_later");
        Span failed = outcome(new Answer.Failed("record of 4711 is damaged"));
        assertThat(FakeCollector.words(failed))
                .containsEntry("ocsp.outcome", "internal_error")
                .containsEntry("error.type", "internal_error")
                .containsEntry("ocsp.layer", "gate");
        assertThat(failed.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(failed.toString()).doesNotContain("4711");
    }

    @Test
    void what_is_thrown_is_told_by_its_class_alone() throws Exception {
        FakeCollector collector =
                traced(
                        1,
                        it -> {
                            ResponseSource broken =
                                    _ -> {
                                        throw new StoreException("4711 cannot be read", null);
                                    };
                            assertThatThrownBy(() -> it.requests("GET", broken).answer(REQUEST))
                                    .isInstanceOf(StoreException.class);
                        });

        assertThat(FakeCollector.words(collector.only("GET /ocsp")))
                .containsEntry("error.type", StoreException.class.getName());
        assertThat(collector.octets().toStringUtf8()).doesNotContain("4711");
    }

    @Test
    void nothing_is_told_of_requests_not_chosen() throws Exception {
        FakeCollector collector =
                traced(0, it -> it.requests("GET", _ -> new Answer.NotOurs("")).answer(REQUEST));

        assertThat(collector.spans()).isEmpty();
    }

    @Test
    void waiting_and_signing_are_told_apart_also_where_a_token_signs() throws Exception {
        // May hang, so that it is called on a thread of the signer's own.
        ResponseSigner token =
                _ -> {
                    throw new SignerUnavailableException(
                            SignerUnavailableException.Cause.KEY_FAILED, "no signature for 4711");
                };
        FakeCollector collector =
                traced(
                        1,
                        it -> {
                            try (BoundedSigner bounded =
                                    new BoundedSigner(
                                            it.signatures().key(token), limits(), clock)) {
                                ResponseSigner whole = it.signatures().whole("one", bounded);
                                it.requests("POST", _ -> sign(whole)).answer(REQUEST);
                                // Of no request that is traced.
                                sign(whole);
                            }
                        });

        Span sign = collector.only("sign");
        assertThat(collector.children(collector.only("POST /ocsp"))).contains(sign);
        assertThat(FakeCollector.words(sign))
                .containsEntry("ocsp.issuer", "one")
                .containsEntry("error.type", "key_failed")
                .hasSize(2);
        Span key = collector.only("use key");
        assertThat(collector.children(sign)).containsExactly(key);
        assertThat(FakeCollector.words(key)).containsEntry("error.type", "key_failed").hasSize(1);
        assertThat(collector.octets().toStringUtf8()).doesNotContain("4711");
    }

    private static SigningConfig limits() {
        return new SigningConfig(1, 1, 100, Duration.ofSeconds(30), 5, Duration.ofSeconds(1));
    }

    private static Answer sign(ResponseSigner signer) {
        try {
            signer.sign(
                    new ResponseContent(
                            List.of(new SingleResponseContent(CERT_ID, new CertStatus.Good())),
                            ValidityWindow.from(NOW, Duration.ofDays(1)),
                            Optional.empty(),
                            Optional.empty(),
                            NOW));
            throw new AssertionError("signed");
        } catch (SignerUnavailableException e) {
            return new Answer.Busy(Duration.ZERO, String.valueOf(e.getMessage()));
        }
    }
}
