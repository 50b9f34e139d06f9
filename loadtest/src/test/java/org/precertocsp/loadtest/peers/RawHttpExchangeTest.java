package org.precertocsp.loadtest.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RawHttpExchangeTest {
    @Test
    void head_and_body_are_told_apart_and_counted() throws Exception {
        RawHttpExchange exchange =
                against("HTTP/1.1 200 OK\r\ncontent-LENGTH: 3\r\nETag: \"a\"\r\n\r\nabcd");

        assertThat(exchange.isOk()).isTrue();
        assertThat(exchange.field("etag")).contains("\"a\"");
        assertThat(exchange.body().toArray()).isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
        assertThat(exchange.length()).isEqualTo(exchange.head().length() + 3);
    }

    @Test
    void a_connection_that_ends_early_is_an_error() {
        assertThatIOException()
                .isThrownBy(() -> against("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"))
                .withMessageContaining("ended");
    }

    private static RawHttpExchange against(String answer) throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = Thread.startVirtualThread(() -> serve(server, answer));
            try {
                return RawHttpExchange.with(server.getLocalPort(), new byte[] {'?'});
            } finally {
                thread.join();
            }
        }
    }

    private static void serve(ServerSocket server, String answer) {
        try (Socket socket = server.accept()) {
            assertThat(socket.getInputStream().read()).isEqualTo('?');
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
