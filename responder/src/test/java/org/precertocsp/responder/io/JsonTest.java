package org.precertocsp.responder.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.der.ByteString;

final class JsonTest {
    private record Told(
            ByteString octets, Instant at, Optional<String> why, List<Optional<Long>> all) {}

    private static final Told TOLD =
            new Told(
                    ByteString.ofHex("00ff"),
                    Instant.parse("2026-11-21T10:00:00Z"),
                    Optional.empty(),
                    List.of(Optional.of(7L)));

    @Test
    void a_command_tells_every_field() {
        assertThat(Json.line(TOLD))
                .isEqualTo(
                        "{\"octets\":\"00ff\",\"at\":\"2026-11-21T10:00:00Z\",\"why\":null,\"all\":[7]}");
    }

    @Test
    void the_api_leaves_out_what_is_absent() {
        assertThat(Json.sparseLine(TOLD))
                .isEqualTo("{\"octets\":\"00ff\",\"at\":\"2026-11-21T10:00:00Z\",\"all\":[7]}");
    }
}
