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

/// Whatever the bytes, a CSV file is read, row by row refused, or refused whole.
final class CsvFuzzTest {
    private static final ConfiguredIssuer CA =
            TestFeed.issuer("ca", TestCa.root("Fuzz"), IssuerProfile.TLS);

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "3s")
    void any_file_is_loaded_or_refused(byte[] octets) throws IOException {
        Path file = Files.createTempFile("fuzz", ".csv");
        RecordingSink sink = new RecordingSink();
        try {
            Files.write(file, octets);
            new CsvFeed(new ConfiguredIssuer.Directory(List.of(CA)))
                    .read(TestFeed.file(file, Optional.of(CA)), sink);
        } catch (FeedRejectedException e) {
            assertThat(e.getMessage()).isNotBlank();
        } finally {
            Files.delete(file);
        }
        assertThat(sink.refusals()).allMatch(refusal -> refusal.text().length() < 1_000);
    }

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "",
                        "\ufeffserial,status\n0a,good\n",
                        """
                        serial;status;revocation_date;reason;invalidity_date;not_after;issuer
                        0x00:ff;revoked;2026-01-01;keyCompromise;2026-01-01T00:00:00+01:00;;ca
                        """,
                        "serial_decimal,status\n-17,good\n\"1.2E+3\",good\n",
                        "serial,status\n\"0a,good\n\"\"\"x\"")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
