package org.precertocsp.responder.intake;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.status.ChangeSource;

/// Issuers and files for tests of feeds.
public final class TestFeed {
    public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private TestFeed() {}

    public static ConfiguredIssuer issuer(String name, TestCa ca, IssuerProfile profile) {
        return new ConfiguredIssuer(name, List.of(ca.certificate()), profile);
    }

    public static FeedFile file(Path path) {
        return file(path, Optional.empty());
    }

    public static FeedFile file(Path path, Optional<ConfiguredIssuer> issuer) {
        return new FeedFile(
                path,
                new ChangeSource("test", path.toString(), ByteString.of(), NOW),
                issuer,
                ProgressListener.SILENT);
    }
}
