package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.TestFeed;

/// Whatever the bytes, a CRL file is loaded or refused.
final class CrlFuzzTest {
    private static final Instant AT = Instant.parse("2026-05-30T08:00:00Z");
    private static final TestCa CA = TestCa.root("Fuzz");
    private static final ConfiguredIssuer.Directory ISSUERS =
            new ConfiguredIssuer.Directory(
                    List.of(TestFeed.issuer("fuzz", CA, IssuerProfile.PRIVATE)));

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "3s")
    void any_file_is_loaded_or_refused(byte[] octets) throws IOException {
        Path file = Files.createTempFile("fuzz", ".crl");
        try {
            Files.write(file, octets);
            RecordingSink sink = new RecordingSink();
            new CrlFeed(ISSUERS, () -> TestFeed.NOW).read(TestFeed.file(file), sink);
            // Only the seeds are signed.
            assertThat(sink.changes()).hasSize(2);
        } catch (FeedRejectedException e) {
            assertThat(e).hasMessageNotContaining("null");
        } finally {
            Files.delete(file);
        }
    }

    static Stream<byte[]> seeds() throws IOException {
        X509v2CRLBuilder builder = CA.crl(AT);
        builder.setNextUpdate(Date.from(AT.plusSeconds(9)));
        builder.addCRLEntry(BigInteger.TWO, Date.from(AT), CRLReason.superseded);
        builder.addCRLEntry(BigInteger.TEN, Date.from(AT), CRLReason.keyCompromise, Date.from(AT));
        builder.addExtension(Extension.cRLNumber, false, new ASN1Integer(5));
        builder.addExtension(
                Extension.issuingDistributionPoint,
                true,
                new IssuingDistributionPoint(null, true, false));
        byte[] der = CA.sign(builder).getEncoded();
        return Stream.concat(
                Stream.of(
                        new byte[0],
                        der,
                        TestCa.pem("X509 CRL", der).getBytes(StandardCharsets.US_ASCII)),
                vectors());
    }

    /// Small CRLs of the shared vectors, where they are.
    private static Stream<byte[]> vectors() throws IOException {
        String vectors = System.getenv("PRECERT_OCSP_VECTORS");
        if (vectors == null) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.walk(Path.of(vectors, "crls"))) {
            return files.filter(Files::isRegularFile).map(CrlFuzzTest::bytes).toList().stream()
                    .filter(octets -> octets.length < 4096);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
