package org.precertocsp.loadtest.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TargetTest {
    @Test
    void a_url_gives_host_port_and_path() {
        assertThat(Target.of("http://ocsp.example/"))
                .isEqualTo(new Target("ocsp.example", 80, "/"));
        assertThat(Target.of("http://[::1]:81/a")).isEqualTo(new Target("[::1]", 81, "/a/"));
        assertThat(Target.of("localhost:8080")).isEqualTo(new Target("localhost", 8080, "/"));
    }

    @Test
    void what_is_no_http_url_is_refused() {
        assertThatThrownBy(() -> Target.of("https://ocsp.example/"))
                .hasMessageContaining("plain HTTP");
        assertThatThrownBy(() -> Target.of("http://a b/")).hasMessageContaining("is not a URL");
    }
}
