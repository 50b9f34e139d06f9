package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CRLHolder;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.StatusChange;

/// Loads CRLs of one or more issuers into one sink, at [TestFeed#NOW].
final class CrlLoad {
    private final Path directory;
    private final FedIssuer.Directory issuers;
    private final RecordingSink sink = new RecordingSink();
    private Optional<FedIssuer> named = Optional.empty();

    CrlLoad(Path directory, FedIssuer... issuers) {
        this.directory = directory;
        this.issuers = new FedIssuer.Directory(List.of(issuers));
    }

    static CrlLoad of(Path directory, TestCa ca, IssuerProfile profile) {
        return new CrlLoad(directory, TestFeed.issuer("ca", ca, profile));
    }

    CrlLoad naming(FedIssuer issuer) {
        named = Optional.of(issuer);
        return this;
    }

    RecordingSink load(X509CRLHolder crl) throws FeedRefused {
        try {
            return load(crl.getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RecordingSink load(String text) throws FeedRefused {
        return load(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RecordingSink load(byte[] content) throws FeedRefused {
        try {
            Path file = Files.write(directory.resolve("test.crl"), content);
            new CrlFeed(issuers, () -> TestFeed.NOW).read(TestFeed.file(file, named), sink);
            return sink;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<StatusChange.Revoke> revocations() {
        return sink.changes().stream().map(StatusChange.Revoke.class::cast).toList();
    }

    RecordingSink sink() {
        return sink;
    }
}
