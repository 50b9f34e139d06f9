package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// No bytes make the parser throw, and all are read alike in one piece and byte by byte.
final class RequestParserFuzzTest {
    @MethodSource("seeds")
    @FuzzTest(maxDuration = "3s")
    void any_bytes_are_read_alike_in_whatever_pieces(byte[] octets) {
        if (octets != null && octets.length <= 4000) {
            String text = new String(octets, StandardCharsets.ISO_8859_1);
            List<String> single = text.chars().mapToObj(Character::toString).toList();

            assertThat(RequestParserTest.outcomes(List.of(text)))
                    .isEqualTo(RequestParserTest.outcomes(single));
        }
    }

    static Stream<byte[]> seeds() {
        return Stream.concat(HttpRequests.plain(), HttpRequests.unusual())
                .map(each -> each.getBytes(StandardCharsets.ISO_8859_1));
    }
}
