package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.CountingSink;
import org.precertocsp.responder.intake.TestFeed;

/// A million entries pass through without being held.
final class BigCrlTest {
    private static final int ENTRIES = 1_000_000;
    private static final long MEBIBYTE = 1 << 20;
    private static final TestCa CA = TestCa.root("Big Root");

    @TempDir Path directory;

    @Test
    @Timeout(180)
    @Requirement("CR-23")
    void a_million_entries_load_in_bounded_memory() throws Exception {
        Path file = directory.resolve("big.crl");
        BigCrl.write(file, CA, ENTRIES, TestFeed.NOW.minusSeconds(60));
        MemoryWatch memory = new MemoryWatch();
        CountingSink sink = new CountingSink(memory::look);
        CrlFeed feed =
                new CrlFeed(
                        new ConfiguredIssuer.Directory(
                                List.of(TestFeed.issuer("big", CA, IssuerProfile.PRIVATE))),
                        () -> TestFeed.NOW);

        feed.read(TestFeed.file(file), sink);

        assertThat(Files.size(file)).isGreaterThan(40 * MEBIBYTE);
        assertThat(sink.count()).isEqualTo(ENTRIES);
        // Other tests of the same process leave things behind that come and go.
        assertThat(memory.mostUsed - memory.leastUsed).isLessThan(24 * MEBIBYTE);
    }

    /// Looks now and then how much memory is in use.
    private static final class MemoryWatch {
        private static final int LOOK_EVERY = ENTRIES / 4;

        private long calls;
        private long leastUsed = Long.MAX_VALUE;
        private long mostUsed;

        void look() {
            if (calls++ % LOOK_EVERY == 0) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                long used = runtime.totalMemory() - runtime.freeMemory();
                leastUsed = Math.min(leastUsed, used);
                mostUsed = Math.max(mostUsed, used);
            }
        }
    }
}
