package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.LoadJob;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.ScratchStore;
import org.precertocsp.responder.intake.list.CsvFeed;
import org.precertocsp.responder.intake.list.IndexFeed;

/// The hash that evidence keeps of a file is of what was read: another content that lies there
/// while it is read, of the same size, with the same time, and gone again afterwards, is not taken.
final class SwappedFileTest {
    private static final TestCa CA = TestCa.root("Swapped CA");
    private static final ConfiguredIssuer ISSUER =
            new ConfiguredIssuer("swapped", List.of(CA.certificate()), IssuerProfile.PRIVATE);
    private static final ConfiguredIssuer.Directory ISSUERS =
            new ConfiguredIssuer.Directory(List.of(ISSUER));

    private final ScratchStore store = new ScratchStore();

    @TempDir Path folder;

    @Test
    void csv() throws Exception {
        taken(FeedKind.CSV, new CsvFeed(ISSUERS), text("serial,status\n0a,good\n"));
        refused(
                FeedKind.CSV,
                new CsvFeed(ISSUERS),
                text("serial,status\n0a,good\n"),
                text("serial,status\n0b,good\n"));
    }

    @Test
    void index() throws Exception {
        refused(
                FeedKind.INDEX,
                new IndexFeed(ISSUERS),
                text("V\t360101000000Z\t\t0A\tunknown\t/CN=a\n"),
                text("V\t360101000000Z\t\t0B\tunknown\t/CN=a\n"));
    }

    @Test
    void certificates_in_der_and_in_pem() throws Exception {
        byte[] one = TestCa.encoded(CA.issue(BigInteger.valueOf(0x0a)));
        byte[] two = TestCa.encoded(CA.issue(BigInteger.valueOf(0x0b)));
        int size = Math.max(one.length, two.length) + 2;
        CertificateFeed feed = new CertificateFeed(PrecertificateSigningCertificates.none(ISSUERS));

        refused(FeedKind.CERTIFICATES, feed, Arrays.copyOf(one, size), Arrays.copyOf(two, size));
        refused(FeedKind.CERTIFICATES, feed, pem(one, 2000), pem(two, 2000));
    }

    private void taken(FeedKind kind, FeedReader feed, byte[] content) throws Exception {
        assertThat(load(kind, feed, content, content).refusedFile()).isEmpty();
    }

    private void refused(FeedKind kind, FeedReader feed, byte[] hashed, byte[] read)
            throws Exception {
        int before = store.committed().size();

        assertThat(load(kind, feed, hashed, read).refusedFile())
                .hasValueSatisfying(why -> assertThat(why).contains("changed while it was read"));
        assertThat(store.committed()).hasSize(before);
    }

    private LoadSummary load(FeedKind kind, FeedReader feed, byte[] hashed, byte[] read)
            throws Exception {
        Path file = Files.write(folder.resolve("file"), hashed);
        FileTime time = Files.getLastModifiedTime(file);
        FeedReader swapping =
                (source, sink) -> {
                    swap(source.path(), read, time);
                    try {
                        feed.read(source, sink);
                    } finally {
                        swap(source.path(), hashed, time);
                    }
                };
        return new FeedLoader(store, () -> Instant.parse("2026-11-29T10:00:00Z"))
                .load(
                        new LoadJob(
                                kind,
                                swapping,
                                file,
                                "file",
                                Optional.of(ISSUER),
                                ProgressListener.SILENT));
    }

    private static void swap(Path file, byte[] content, FileTime time) {
        try {
            Files.write(file, content);
            Files.setLastModifiedTime(file, time);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] pem(byte[] der, int size) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(text(TestCa.pem("CERTIFICATE", der)));
        while (text.size() < size) {
            text.write('\n');
        }
        return text.toByteArray();
    }
}
