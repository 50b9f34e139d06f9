package org.precertocsp.responder.intake.ctlog;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.certificate.LoggedCertificates;
import org.precertocsp.responder.intake.certificate.PrecertificateSigners;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;
import org.precertocsp.responder.intake.ctlog.client.LogHttp;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.LogKey;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.signer.IssuerCertificate;

/// Follows a log into a store on disk, to be killed while it does. Run by [LogCrashTest].
public final class FollowingProcess {
    /// Small, so that a kill often falls between two stretches.
    private static final FollowLimits LIMITS = new FollowLimits(512, 100, Duration.ofDays(2));

    private FollowingProcess() {}

    /// @param arguments the store's directory, the log's address, its key and the issuer's
    ///   certificate in base64
    public static void main(String[] arguments) throws Exception {
        follow(
                Path.of(arguments[0]),
                URI.create(arguments[1]),
                LogKey.parse(arguments[2]),
                Octets.of(Base64.getDecoder().decode(arguments[3])));
    }

    static void follow(Path directory, URI url, LogKey key, Octets issuerDer) throws Exception {
        FedIssuer issuer =
                new FedIssuer(
                        "ours", List.of(IssuerCertificate.parse(issuerDer)), IssuerProfile.PRIVATE);
        InstantSource clock = InstantSource.system();
        try (RocksStores store = RocksStores.open(new RocksConfig(directory, 8 << 20));
                LogHttp http = new LogHttp(ClientLimits.USUAL, clock, Thread::sleep, "test")) {
            FedIssuer.Directory issuers = new FedIssuer.Directory(List.of(issuer));
            LoggedCertificates certificates =
                    new LoggedCertificates(PrecertificateSigners.none(issuers));
            LogFollower.Tools tools =
                    new LogFollower.Tools(
                            OurIssuers.of(issuers),
                            new LogIntake(store, certificates, Set.of(), clock),
                            LIMITS,
                            2,
                            clock);
            new LogFollower(new LogAddress("log", url, key, Optional.empty()).open(http), tools)
                    .catchUp(OptionalLong.empty(), FollowProgress.SILENT);
        }
    }
}
