package org.precertocsp.responder.intake.certificate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CertificateHolder;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.StatusChange;

/// Feeds bytes through a real file and keeps what came of it.
final class FeedRun {
    static ConfiguredIssuer.Directory directory(TestCa... cas) {
        return new ConfiguredIssuer.Directory(
                Stream.of(cas).map(ca -> issuer("test", ca)).toList());
    }

    static ConfiguredIssuer issuer(String name, TestCa ca) {
        return new ConfiguredIssuer(name, List.of(ca.certificate()), IssuerProfile.PRIVATE);
    }

    static CertificateFeed feed(ConfiguredIssuer.Directory issuers) {
        return new CertificateFeed(PrecertificateSigningCertificates.none(issuers));
    }

    /// What the issuers' feed makes of the bytes.
    static RecordingSink read(ConfiguredIssuer.Directory issuers, byte[] octets) {
        try {
            return read(feed(issuers), octets, ProgressListener.SILENT);
        } catch (FeedRejectedException e) {
            throw new AssertionError(e);
        }
    }

    static RecordingSink read(CertificateFeed feed, byte[] octets, ProgressListener progress)
            throws FeedRejectedException {
        Path file = temporary(octets);
        try {
            return read(feed, file, progress);
        } finally {
            delete(file);
        }
    }

    static RecordingSink read(CertificateFeed feed, Path file, ProgressListener progress)
            throws FeedRejectedException {
        RecordingSink sink = new RecordingSink();
        ByteString sha256 = HashAlgorithm.SHA256.hash(ByteString.of());
        ChangeSource source = new ChangeSource("certificates", "test", sha256, Instant.EPOCH);
        feed.read(new FeedFile(file, source, Optional.empty(), progress), sink);
        return sink;
    }

    static Path temporary(byte[] octets) {
        try {
            return Files.write(Files.createTempFile("feed", ".in"), octets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] der(X509CertificateHolder... certificates) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (X509CertificateHolder certificate : certificates) {
            out.writeBytes(TestCa.encoded(certificate));
        }
        return out.toByteArray();
    }

    static String pem(X509CertificateHolder... certificates) {
        StringBuilder text = new StringBuilder();
        for (X509CertificateHolder certificate : certificates) {
            text.append(TestCa.pem("CERTIFICATE", TestCa.encoded(certificate)));
        }
        return text.toString();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static List<StatusChange.Assign> assigned(RecordingSink sink) {
        return sink.changes().stream().map(StatusChange.Assign.class::cast).toList();
    }

    static List<String> serials(RecordingSink sink) {
        return sink.changes().stream().map(change -> change.key().serial().toHex()).toList();
    }

    static List<String> refusals(RecordingSink sink) {
        return sink.refusals().stream().map(r -> r.place() + ": " + r.text()).toList();
    }

    static List<String> warnings(RecordingSink sink) {
        return sink.warnings().stream().map(r -> r.place() + ": " + r.text()).toList();
    }

    private FeedRun() {}
}
