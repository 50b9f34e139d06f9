package org.precertocsp.loadtest.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TargetUrlTest {
    @Test
    void a_url_gives_host_port_and_path() {
        assertThat(TargetUrl.of("http://ocsp.example/"))
                .isEqualTo(new TargetUrl("ocsp.example", 80, "/"));
        assertThat(TargetUrl.of("http://[::1]:81/a")).isEqualTo(new TargetUrl("[::1]", 81, "/a/"));
        assertThat(TargetUrl.of("localhost:8080")).isEqualTo(new TargetUrl("localhost", 8080, "/"));
    }

    @Test
    void what_is_no_http_url_is_refused() {
        assertThatThrownBy(() -> TargetUrl.of("https://ocsp.example/"))
                .hasMessageContaining("plain HTTP");
        assertThatThrownBy(() -> TargetUrl.of("http://a b/")).hasMessageContaining("is not a URL");
    }
}
