package org.precertocsp.responder.ctlog;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.certificate.LoggedCertificateVerifier;
import org.precertocsp.responder.intake.certificate.PrecertificateSigningCertificates;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.signer.IssuerCertificate;

/// Follows a log into a store on disk, to be killed while it does. Run by [LogCrashTest].
public final class LogFollowerProcess {
    /// Small, so that a kill often falls between two stretches.
    private static final FollowerLimits LIMITS = new FollowerLimits(512, 100, Duration.ofDays(2));

    private LogFollowerProcess() {}

    /// @param arguments the store's directory, the log's address, its key and the issuer's
    ///   certificate in base64
    public static void main(String[] arguments) throws Exception {
        follow(
                Path.of(arguments[0]),
                URI.create(arguments[1]),
                LogPublicKey.parse(arguments[2]),
                ByteString.of(Base64.getDecoder().decode(arguments[3])));
    }

    static void follow(Path directory, URI url, LogPublicKey key, ByteString issuerDer)
            throws Exception {
        ConfiguredIssuer issuer =
                new ConfiguredIssuer(
                        "ours", List.of(IssuerCertificate.parse(issuerDer)), IssuerProfile.PRIVATE);
        InstantSource clock = InstantSource.system();
        try (RocksStore store = RocksStore.open(new StoreConfig(directory, 8 << 20));
                LogHttpClient http =
                        new LogHttpClient(LogClientConfig.USUAL, clock, Thread::sleep, "test")) {
            ConfiguredIssuer.Directory issuers = new ConfiguredIssuer.Directory(List.of(issuer));
            LoggedCertificateVerifier certificates =
                    new LoggedCertificateVerifier(PrecertificateSigningCertificates.none(issuers));
            LogFollower.Tools tools =
                    new LogFollower.Tools(
                            IssuerFilter.of(issuers),
                            new LogEntryLoader(store, certificates, Set.of(), clock),
                            LIMITS,
                            2,
                            clock);
            new LogFollower(new LogAddress("log", url, key, Optional.empty()).open(http), tools)
                    .catchUp(OptionalLong.empty(), FollowerProgress.SILENT);
        }
    }
}
