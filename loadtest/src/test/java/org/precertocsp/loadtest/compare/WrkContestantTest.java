package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.precertocsp.loadtest.peers.PeerException;

final class WrkContestantTest {
    private static final String OUTPUT =
            """
            Running 2s test @ http://127.0.0.1:8080/MFEw
              1 threads and 64 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     0.98ms    1.83ms  18.19ms   93.02%
                Req/Sec   100.54k     7.75k  108.87k    90.00%
              200000 requests in 2.01s, 1.61GB read
            Requests/sec:  99502.49
            Transfer/sec:      0.80GB
            """;

    @Test
    void its_output_and_the_servers_processor_time_make_a_measurement() throws Exception {
        Measurement measured = WrkContestant.measurement(OUTPUT, 2, Duration.ofMillis(1_900));

        assertThat(measured.perSecond()).isEqualTo(99_502.49);
        assertThat(measured.completed()).isEqualTo(200_000);
        assertThat(measured.cpuMicros()).isEqualTo(9.5);
        assertThat(measured.serverShare()).isEqualTo(0.95);
        assertThat(measured.isVoid()).isFalse();
    }

    @Test
    void answers_that_are_no_success_failed() throws Exception {
        Measurement measured =
                WrkContestant.measurement(
                        OUTPUT + "Non-2xx or 3xx responses: 2001\n", 2, Duration.ofSeconds(1));

        assertThat(measured.isVoid()).isTrue();
    }

    @Test
    void other_output_is_refused() {
        assertThatThrownBy(
                        () ->
                                WrkContestant.measurement(
                                        "unable to connect", 2, Duration.ofSeconds(1)))
                .isInstanceOf(PeerException.class)
                .hasMessage("wrk printed no result: unable to connect");
    }
}
