package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.responder.status.StoreException;

/// Whatever the bytes, they are exactly one record in its only form, or refused with a reason.
final class ResponseRecordFuzzTest {
    @MethodSource("seeds")
    @FuzzTest(maxDuration = "3s")
    void any_bytes_are_one_record_or_refused(byte[] bytes) {
        try {
            assertThat(ResponseRecord.decode(bytes).encode()).isEqualTo(bytes);
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("response row");
        }
    }

    static Stream<byte[]> seeds() {
        return ResponseRecordTest.seeds();
    }
}
