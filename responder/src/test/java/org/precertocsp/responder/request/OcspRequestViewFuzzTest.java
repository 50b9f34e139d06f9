package org.precertocsp.responder.request;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.junit.jupiter.params.provider.MethodSource;

/// A view that is used again reads all bytes as a new one does.
final class OcspRequestViewFuzzTest {
    @MethodSource("org.precertocsp.responder.request.RequestFuzzTest#seeds")
    @FuzzTest(maxDuration = "3s")
    void a_used_view_reads_any_bytes_as_a_new_one_does(byte[] bytes) throws IOException {
        if (bytes != null) {
            OcspRequestViewCheck.isUsual(bytes);
        }
    }
}
