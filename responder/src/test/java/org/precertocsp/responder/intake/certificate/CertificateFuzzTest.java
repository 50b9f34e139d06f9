package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.intake.certificate.FeedRun.ascii;
import static org.precertocsp.responder.intake.certificate.FeedRun.der;
import static org.precertocsp.responder.intake.certificate.FeedRun.directory;
import static org.precertocsp.responder.intake.certificate.FeedRun.feed;
import static org.precertocsp.responder.intake.certificate.FeedRun.pem;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.RecordingSink;

/// Hostile bytes do no worse than be refused.
final class CertificateFuzzTest {
    private static final TestCa CA = TestCa.root("Fuzzed CA");
    private static final TestCa PSC = CA.precertificateSigner("Fuzzed Precertificate Signer");
    private static final ConfiguredIssuer.Directory ISSUERS = directory(CA);
    private static final X509CertificateHolder ISSUED = CA.issue(BigInteger.valueOf(0x11));
    private static final X509CertificateHolder SIGNED =
            PSC.precertificate(BigInteger.valueOf(0x22));

    /// Whatever the bytes, the file is read to its end or refused; every block has a reason.
    @MethodSource("files")
    @FuzzTest(maxDuration = "3s")
    void no_file_does_worse_than_be_refused(byte[] octets) {
        try {
            RecordingSink sink = FeedRun.read(feed(ISSUERS), octets, ProgressListener.SILENT);
            assertThat(sink.refusals()).noneMatch(report -> report.text().isBlank());
        } catch (FeedRejectedException e) {
            assertThat(String.valueOf(e.getMessage())).isNotBlank();
        }
    }

    static Stream<byte[]> files() {
        String bare = Base64.getMimeEncoder(64, ascii("\n")).encodeToString(der(ISSUED));
        Stream<byte[]> made =
                Stream.of(
                        der(ISSUED, SIGNED, PSC.holder(), CA.holder()),
                        ascii(pem(ISSUED, PSC.holder(), SIGNED)),
                        ascii(bare),
                        ascii("MI" + "A".repeat(40) + "\nMI==\nAAAAAAAA\nMII=\n"),
                        ascii(TestCa.pem("CMS", CertificateFileFormatTest.cmsPrecertificate())),
                        ascii("-----BEGIN CERTIFICATE-----\n-----BEGIN -----END -----BEGIN CMS"),
                        ByteString.ofHex("3080308030840fffffff30840fffffff0000").toArray(),
                        ByteString.ofHex("30821000308210003082").toArray());
        return Stream.of(made, broken(), vectors()).flatMap(all -> all);
    }

    static Stream<byte[]> certificates() {
        return Stream.of(Stream.of(der(ISSUED), der(SIGNED), der(CA.holder())), broken(), vectors())
                .flatMap(all -> all);
    }

    /// One certificate with some of its bytes in turn made wrong.
    private static Stream<byte[]> broken() {
        byte[] whole = der(SIGNED);
        return Stream.iterate(0, at -> at < whole.length, at -> at + 31)
                .map(
                        at -> {
                            byte[] copy = Arrays.copyOf(whole, whole.length);
                            copy[at] ^= (byte) (1 << at % 8);
                            return copy;
                        });
    }

    private static Stream<byte[]> vectors() {
        String folder = System.getenv("PRECERT_OCSP_VECTORS");
        if (folder == null) {
            return Stream.empty();
        }
        return Stream.of("precerts/collected", "pairs")
                .flatMap(name -> files(Path.of(folder, name)));
    }

    private static Stream<byte[]> files(Path directory) {
        try (Stream<Path> found = Files.walk(directory)) {
            return found.filter(Files::isRegularFile).toList().stream()
                    .map(CertificateFuzzTest::octets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] octets(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
