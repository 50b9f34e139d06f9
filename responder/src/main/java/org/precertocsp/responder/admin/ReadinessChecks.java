package org.precertocsp.responder.admin;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.spool.SpoolWatcher;
import org.precertocsp.responder.renewal.CredentialReloader;
import org.precertocsp.responder.renewal.IssuerCredential;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.task.ReadinessCheck;

/// The readiness checks that need more than one line.
public final class ReadinessChecks {
    private ReadinessChecks() {}

    /// Whether statuses can be read.
    ///
    /// @param issuer any that is configured
    public static ReadinessCheck store(StatusReader store, IssuerKey issuer) {
        SerialKey any = new SerialKey(issuer, Serial.of(BigInteger.ZERO));
        return new ReadinessCheck(
                "store",
                () -> {
                    try {
                        store.find(any);
                        return Optional.empty();
                    } catch (StoreException e) {
                        return Optional.of(String.valueOf(e.getMessage()));
                    }
                });
    }

    /// Whether files in the spool are loaded.
    public static ReadinessCheck spool(SpoolWatcher spool) {
        return new ReadinessCheck(
                "spool",
                () ->
                        spool.state().watching()
                                ? Optional.empty()
                                : Optional.of("the spool directory is not watched"));
    }

    /// Whether each key signs. The configuration determines whether a key that does not sign is
    /// tolerated, since answers signed before are still served.
    public static List<ReadinessCheck> signing(
            Optional<AdminConfig> config,
            List<IssuerCredential> credentials,
            CredentialReloader upkeep) {
        BooleanSupplier tolerated =
                switch (config.map(AdminConfig::signing).orElse(AdminConfig.SigningReadiness.ALL)) {
                    case ALL -> () -> false;
                    case ANY ->
                            () -> credentials.stream().anyMatch(it -> upkeep.problem(it).isEmpty());
                    case IGNORE -> () -> true;
                };
        return credentials.stream()
                .map(
                        credential ->
                                new ReadinessCheck(
                                        "signing " + credential.issuer(),
                                        () ->
                                                upkeep.problem(credential)
                                                        .map(
                                                                why ->
                                                                        why
                                                                                + " (answers signed"
                                                                                + " before are"
                                                                                + " still served)"),
                                        tolerated))
                .toList();
    }
}
