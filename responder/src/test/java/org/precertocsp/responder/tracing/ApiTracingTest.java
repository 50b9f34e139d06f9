package org.precertocsp.responder.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.responder.tracing.ApiCallTracer.Call;

/// Whose calls of the private API are traced, and as part of what.
final class ApiTracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";
    private static final String SAMPLED = "00-" + TRACE + "-" + CALLER + "-01";
    private static final String NOT_SAMPLED = "00-" + TRACE + "-" + CALLER + "-00";

    private static FakeCollector called(double sample, String method, Optional<String> parent)
            throws Exception {
        return called(sample, method, parent, 200);
    }

    private static FakeCollector called(
            double sample, String method, Optional<String> parent, int status) throws Exception {
        try (FakeCollector collector = FakeCollector.start()) {
            try (TracingExporter traces =
                    TracingExporter.start(
                            TracingFixture.config(collector.endpoint(), sample),
                            InstantSource.system())) {
                traces.calls().begin(new Call(method, "/v1/{x}", parent)).answered(status);
            }
            return collector;
        }
    }

    @Test
    void a_call_carries_on_its_callers_trace() throws Exception {
        Span call = called(0, "GET", Optional.of(SAMPLED)).only("GET /v1/{x}");

        assertThat(call.getTraceId().toByteArray()).isEqualTo(HexFormat.of().parseHex(TRACE));
        assertThat(call.getParentSpanId().toByteArray()).isEqualTo(HexFormat.of().parseHex(CALLER));
        assertThat(FakeCollector.words(call))
                .containsEntry("http.request.method", "GET")
                .containsEntry("http.route", "/v1/{x}")
                .containsEntry("http.response.status_code", "200")
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({
        "0, GET, '', 0",
        "1, GET, '', 1",
        "0, POST, '', 1",
        "1, POST, " + NOT_SAMPLED + ", 0",
        "0, GET, not-a-traceparent, 0",
        "0, PUT, not-a-traceparent, 1",
    })
    void what_changes_something_is_traced_unless_the_caller_says_no(
            double sample, String method, String parent, int spans) throws Exception {
        Optional<String> header = Optional.of(parent).filter(it -> !it.isEmpty());

        assertThat(called(sample, method, header).spans()).hasSize(spans);
    }

    @Test
    void a_failure_of_ours_is_an_error_and_a_refusal_is_none() throws Exception {
        Span failed = called(1, "POST", Optional.empty(), 503).only("POST /v1/{x}");
        assertThat(failed.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(FakeCollector.words(failed)).containsEntry("error.type", "503");

        Span refused = called(1, "POST", Optional.empty(), 403).only("POST /v1/{x}");
        assertThat(refused.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    }
}
