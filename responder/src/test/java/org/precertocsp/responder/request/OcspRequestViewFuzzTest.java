package org.precertocsp.responder.request;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.junit.jupiter.params.provider.MethodSource;

/// No octets are read otherwise on the hot path than by the decoder.
final class OcspRequestViewFuzzTest {
    @MethodSource("org.precertocsp.responder.request.RequestFuzzTest#seeds")
    @FuzzTest(maxDuration = "3s")
    void any_octets_are_read_as_the_decoder_reads_them(byte[] octets) throws IOException {
        if (octets != null) {
            OcspRequestViewCheck.isPlain(octets);
        }
    }
}
