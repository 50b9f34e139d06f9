package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;

/// Whatever the bytes, they are exactly one record, or refused with a reason; and without a key
/// nobody makes any that are genuine.
final class ClusterRecordFuzzTest {
    @MethodSource("seeds")
    @FuzzTest(maxDuration = "3s")
    void any_bytes_are_one_record_or_refused(byte[] bytes) {
        ClusterRecordCodecTest.assertOneRecordOrRefused(bytes);
        assertThat(TestRecords.VERIFIER.open(ByteString.of(bytes)))
                .isInstanceOf(Opened.Forged.class);
    }

    static Stream<byte[]> seeds() {
        return TestRecords.samples().stream().map(ClusterRecordCodec::encode);
    }
}
