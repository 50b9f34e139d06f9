package org.precertocsp.loadtest.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class HttpResponseScannerTest {
    private final HttpResponseScanner scanner = new HttpResponseScanner();

    @Test
    void an_answer_with_a_length_ends_there() {
        assertThat(body("HTTP/1.1 200 OK\r\nServer: x\r\ncontent-length: 3\r\n\r\nabc", false))
                .isEqualTo("abc");
        assertThat(scanner.status()).isEqualTo(200);
        assertThat(scanner.keepAlive()).isTrue();
    }

    @Test
    void until_its_last_octet_an_answer_is_incomplete() {
        String whole = "HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nabc";
        for (int i = 0; i < whole.length(); i++) {
            assertThat(scan(whole.substring(0, i), false))
                    .isEqualTo(HttpResponseScanner.INCOMPLETE);
        }
        assertThat(scan(whole + "HTTP/1.1 2", false)).isEqualTo(whole.length());
        assertThat(scanner.status()).isEqualTo(404);
    }

    @Test
    void chunks_are_joined_once_all_are_there() {
        String whole =
                """
                HTTP/1.1 200 OK
                Transfer-Encoding: chunked

                3
                abc
                0A
                0123456789
                0

                """
                        .replace("\n", "\r\n");
        for (int i = 0; i < whole.length(); i++) {
            assertThat(scan(whole.substring(0, i), false))
                    .isEqualTo(HttpResponseScanner.INCOMPLETE);
        }
        assertThat(body(whole, false)).isEqualTo("abc0123456789");
    }

    @Test
    void without_a_length_the_close_ends_an_answer() {
        String whole = "HTTP/1.0 200 OK\r\n\r\nabc";

        assertThat(scan(whole, false)).isEqualTo(HttpResponseScanner.INCOMPLETE);
        assertThat(body(whole, true)).isEqualTo("abc");
        assertThat(scanner.keepAlive()).isFalse();
    }

    @Test
    void connection_headers_are_followed() {
        scan("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false);
        assertThat(scanner.keepAlive()).isFalse();

        scan("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", false);
        assertThat(scanner.keepAlive()).isTrue();
    }

    @Test
    void what_is_not_http_is_malformed() {
        assertThat(scan("SSH-2.0-OpenSSH", false)).isEqualTo(HttpResponseScanner.MALFORMED);
        assertThat(scan("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", false))
                .isEqualTo(HttpResponseScanner.MALFORMED);
        assertThat(scan("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true))
                .isEqualTo(HttpResponseScanner.MALFORMED);
    }

    private int scan(String text, boolean closed) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return scanner.scan(bytes, 0, bytes.length, closed);
    }

    private String body(String text, boolean closed) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(scanner.scan(bytes, 0, bytes.length, closed)).isEqualTo(bytes.length);
        return new String(
                bytes, scanner.bodyAt(), scanner.bodyLength(), StandardCharsets.ISO_8859_1);
    }
}
