package org.precertocsp.responder.cluster.answers;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever an authority sends, it is exactly one reply in its only form, or refused with a reason.
final class AnswerReplyFuzzTest {
    @MethodSource("seeds")
    @FuzzTest(maxDuration = "3s")
    void any_bytes_are_one_reply_or_refused(byte[] bytes) {
        try {
            assertThat(AnswerReply.decode(bytes).encode()).isEqualTo(bytes);
        } catch (InvalidReplyException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    static Stream<byte[]> seeds() {
        return AnswerReplyTest.seeds();
    }
}
