package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;

/// Hostile octets of a log do no worse than be refused.
final class EntryFuzzTest {
    private static final TestCa CA = TestCa.root("Fuzzed CA");
    private static final IssuerFilter OURS =
            IssuerFilter.of(
                    new ConfiguredIssuer.Directory(
                            List.of(
                                    new ConfiguredIssuer(
                                            "fuzzed",
                                            List.of(CA.certificate()),
                                            IssuerProfile.PRIVATE))));

    static Stream<byte[]> pages() {
        String certificate = CA.der().toHex();
        String length = "%06x".formatted(certificate.length() / 2);
        String entry = "0000018000000000" + "0000" + length + certificate + "0000";
        return Stream.of(
                ByteString.ofHex(entry + "0000").toArray(),
                ByteString.ofHex("0000018000000000" + "0001" + "00".repeat(32) + "0000000000000000")
                        .toArray(),
                ByteString.ofHex("0000018000000000" + "7777").toArray(),
                "{\"entries\":[{\"leaf_input\":\"AAAAAAFLSYHwyAABN2DieQ8z\",\"extra_data\":\"AA==\"}]}"
                        .getBytes(StandardCharsets.US_ASCII));
    }

    @MethodSource("pages")
    @FuzzTest(maxDuration = "3s")
    void no_page_does_worse_than_be_refused(byte[] octets) {
        try {
            assertThat(DataTileReader.read(octets, 0, OURS).count())
                    .isBetween(0, DataTileReader.WIDTH);
        } catch (MalformedEntryException e) {
            assertThat(e).message().isNotBlank();
        }
        try {
            assertThat(GetEntriesReader.read(octets, 0, 5, OURS).count()).isBetween(0, 5);
        } catch (MalformedEntryException e) {
            assertThat(e).message().isNotBlank();
        }
    }
}
