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
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.ReadProgress;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.StatusChange;

/// Feeds bytes through a real file and keeps what came of it.
final class FeedRun {
    static FedIssuer.Directory directory(TestCa... cas) {
        return new FedIssuer.Directory(Stream.of(cas).map(ca -> issuer("test", ca)).toList());
    }

    static FedIssuer issuer(String name, TestCa ca) {
        return new FedIssuer(name, List.of(ca.certificate()), IssuerProfile.PRIVATE);
    }

    static CertificateFeed feed(FedIssuer.Directory issuers) {
        return new CertificateFeed(PrecertificateSigners.none(issuers));
    }

    /// What the issuers' feed makes of the bytes.
    static RecordingSink read(FedIssuer.Directory issuers, byte[] octets) {
        try {
            return read(feed(issuers), octets, ReadProgress.SILENT);
        } catch (FeedRefused e) {
            throw new AssertionError(e);
        }
    }

    static RecordingSink read(CertificateFeed feed, byte[] octets, ReadProgress progress)
            throws FeedRefused {
        Path file = temporary(octets);
        try {
            return read(feed, file, progress);
        } finally {
            delete(file);
        }
    }

    static RecordingSink read(CertificateFeed feed, Path file, ReadProgress progress)
            throws FeedRefused {
        RecordingSink sink = new RecordingSink();
        Octets sha256 = HashAlgorithm.SHA256.hash(Octets.of());
        FeedSource source = new FeedSource("certificates", "test", sha256, Instant.EPOCH);
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
