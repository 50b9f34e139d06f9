package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.TestJvm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.CountingSink;
import org.precertocsp.responder.intake.TestFeed;

/// A million entries pass through without being held: in a process whose heap is smaller than the
/// file.
final class BigCrlTest {
    private static final int ENTRIES = 1_000_000;
    private static final int HEAP_MB = 36;
    private static final long MEBIBYTE = 1 << 20;

    @TempDir Path directory;

    @Test
    @Timeout(180)
    @Requirement("CR-23")
    void a_million_entries_load_in_bounded_memory() throws Exception {
        Path file = directory.resolve("big.crl");
        Process process =
                TestJvm.with(
                                List.of("-Xmx" + HEAP_MB + "m", "-XX:+ExitOnOutOfMemoryError"),
                                LittleHeap.class,
                                file.toString())
                        .redirectErrorStream(true)
                        .start();
        String output;
        try {
            output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }

        assertThat(output).contains(ENTRIES + " entries read");
        assertThat(Files.size(file)).isGreaterThan(HEAP_MB * MEBIBYTE);
    }

    /// The process: writes a CRL to the path given, and reads it.
    static final class LittleHeap {
        private LittleHeap() {}

        static void main(String... arguments) throws Exception {
            Path file = Path.of(arguments[0]);
            TestCa ca = TestCa.root("Big Root");
            BigCrl.write(file, ca, ENTRIES, TestFeed.NOW.minusSeconds(60));
            CountingSink sink = new CountingSink();
            CrlFeed feed =
                    new CrlFeed(
                            new ConfiguredIssuer.Directory(
                                    List.of(TestFeed.issuer("big", ca, IssuerProfile.PRIVATE))),
                            () -> TestFeed.NOW);
            feed.read(TestFeed.file(file), sink);
            System.out.println(sink.count() + " entries read");
        }
    }
}
