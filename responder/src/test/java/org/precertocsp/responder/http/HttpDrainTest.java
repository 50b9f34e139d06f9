package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.request.Requests;

/// What a stop does to those who are being answered.
final class HttpDrainTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String GET =
            "GET /"
                    + Base64.getEncoder().encodeToString(Requests.plain())
                    + " HTTP/1.1\r\nHost: x\r\n\r\n";

    @Test
    void an_answer_in_flight_is_finished_and_idle_connections_end() throws Exception {
        try (TestServer server = TestServer.start();
                Wire busy = server.connect();
                Wire idle = server.connect()) {
            assertThat(idle.send(GET).reply().status()).isEqualTo(200);
            server.source.entered.acquireUninterruptibly();
            server.source.hold();
            busy.send(GET);
            server.source.entered.acquireUninterruptibly();

            CompletableFuture<Void> closing = CompletableFuture.runAsync(server.http()::close);
            assertThat(idle.endsSilently()).isTrue();
            assertThat(closing).isNotDone();
            server.source.release();
            Wire.Reply last = busy.reply();

            assertThat(last.body()).isEqualTo(FakeSource.DER);
            assertThat(last.field("Connection")).isEqualTo("close");
            assertThat(busy.endsSilently()).isTrue();
            closing.get(10, TimeUnit.SECONDS);
            assertThat(accepts(server)).isFalse();
        }
    }

    @Test
    void an_answer_that_takes_longer_than_the_drain_is_given_up() throws Exception {
        try (TestServer server = TestServer.with(50, 4, LONG, LONG, Duration.ofMillis(200));
                Wire stuck = server.connect()) {
            server.source.hold();
            stuck.send(GET);
            server.source.entered.acquireUninterruptibly();

            CompletableFuture<Void> closing = CompletableFuture.runAsync(server.http()::close);

            closing.get(10, TimeUnit.SECONDS);
            assertThat(stuck.endsSilently()).isTrue();
        }
    }

    private static boolean accepts(TestServer server) {
        try (Socket socket = new Socket()) {
            socket.connect(server.address(), 1000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
