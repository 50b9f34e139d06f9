package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.TestFeed;

/// Whatever the bytes, a CRL is walked to its end or refused.
final class CrlParserFuzzTest {
    @MethodSource("org.precertocsp.responder.intake.crl.CrlFuzzTest#seeds")
    @FuzzTest(maxDuration = "3s")
    void any_octets_are_read_or_refused(byte[] octets) throws IOException {
        List<CrlEntry> entries = new ArrayList<>();
        try {
            CrlMetadata crl =
                    CrlParser.through(
                            new CrlStream(new ByteArrayInputStream(octets)), entries::add);
            assertThat(crl.signed().end()).isLessThanOrEqualTo(octets.length);
            CrlRules.judge(crl, TestFeed.NOW);
        } catch (FeedRejectedException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }
}
