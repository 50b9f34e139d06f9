package org.precertocsp.responder.intake;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.FeedSource;

/// Issuers and files for tests of feeds.
public final class TestFeed {
    public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private TestFeed() {}

    public static FedIssuer issuer(String name, TestCa ca, IssuerProfile profile) {
        return new FedIssuer(name, List.of(ca.certificate()), profile);
    }

    public static FeedFile file(Path path) {
        return file(path, Optional.empty());
    }

    public static FeedFile file(Path path, Optional<FedIssuer> issuer) {
        return new FeedFile(
                path,
                new FeedSource("test", path.toString(), Octets.of(), NOW),
                issuer,
                ReadProgress.SILENT);
    }
}
