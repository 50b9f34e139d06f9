package org.precertocsp.responder.intake.list;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.TestFeed;

/// Whatever the bytes, an index.txt is read and its bad lines refused one by one, or it is refused
/// as what it is instead.
final class IndexFuzzTest {
    private static final ConfiguredIssuer CA =
            TestFeed.issuer("ca", TestCa.root("Fuzz"), IssuerProfile.TLS);

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "3s")
    void any_file_is_loaded_line_by_line(byte[] octets) throws IOException {
        Path file = Files.createTempFile("fuzz", ".txt");
        RecordingSink sink = new RecordingSink();
        try {
            Files.write(file, octets);
            new IndexFeed(new ConfiguredIssuer.Directory(List.of(CA)))
                    .read(TestFeed.file(file, Optional.of(CA)), sink);
        } catch (FeedRejectedException e) {
            assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(500);
        } finally {
            Files.delete(file);
        }
        assertThat(sink.refusals()).allMatch(refusal -> refusal.text().length() < 500);
    }

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "",
                        "V\t270101000000Z\t\t00FF\tunknown\t/CN=a\\\tb\r\n\n# no\n",
                        "R\t20270101000000Z\t260301120000Z,keyTime,20260201000000Z\t-0A\tu\t/\n",
                        "R\t270101000000Z\t260301120000Z,holdInstruction,1.2.3\t05\tu\t/\n",
                        "E\t270101000000Z\tx\t05\tu\t/")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
