package org.precertocsp.responder.http;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// No octets are read otherwise on the hot path than by Netty and the rules of the long path.
final class PlainRequestFuzzTest {
    @MethodSource("seeds")
    @FuzzTest(maxDuration = "3s")
    void any_octets_are_read_alike_or_left_alone(byte[] octets) {
        if (octets != null && octets.length <= PlainRequestTest.MAX_LENGTH) {
            PlainRequestTest.lengthOfPlain(new String(octets, StandardCharsets.ISO_8859_1));
        }
    }

    static Stream<byte[]> seeds() {
        return Stream.concat(HttpRequests.plain(), HttpRequests.unusual())
                .map(each -> each.getBytes(StandardCharsets.ISO_8859_1));
    }
}
