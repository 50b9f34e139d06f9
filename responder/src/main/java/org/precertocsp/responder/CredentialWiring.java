package org.precertocsp.responder;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.cli.StartRefused;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ConfigRefused;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.freshness.CredentialUpkeep;
import org.precertocsp.responder.freshness.EndWatch;
import org.precertocsp.responder.freshness.KeptCredential;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.BoundedSigner;
import org.precertocsp.signer.CredentialFinding;
import org.precertocsp.signer.CredentialLoad;
import org.precertocsp.signer.CredentialLoader;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.ReloadableSigner;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SigningJournal;
import org.precertocsp.signer.key.Keys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [Wiring]'s part for who signs: credentials, their keys and the bounds around them.
final class CredentialWiring {
    private static final Duration ENDS_EVERY = Duration.ofHours(1);
    private static final Logger LOG = LoggerFactory.getLogger(CredentialWiring.class);

    private final InstantSource clock;
    private final UnaryOperator<ResponseSigner> aroundKey;

    CredentialWiring(InstantSource clock) {
        this(clock, key -> key);
    }

    /// @param aroundKey put between what signs and what bounds it
    CredentialWiring(InstantSource clock, UnaryOperator<ResponseSigner> aroundKey) {
        this.clock = clock;
        this.aroundKey = aroundKey;
    }

    /// Those of every issuer that is answered for.
    ///
    /// @throws StartRefused naming every credential that must not sign, and why
    List<KeptCredential> credentials(
            ServerConfig config, FedIssuer.Directory fed, SigningJournal journal, Started started)
            throws StartRefused {
        List<KeptCredential> credentials = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (ServerConfig.Issuer issuer : config.issuers()) {
            if (issuer.credential().isPresent()) {
                CredentialLoader loader = loader(issuer.credential().get(), fedIssuer(fed, issuer));
                CredentialLoad load = loader.load();
                load.findings().forEach(it -> tell(issuer.name() + ": " + it, it, reasons));
                if (load instanceof CredentialLoad.Ready ready) {
                    LOG.info(
                            "responses of {} are signed with {}",
                            issuer.name(),
                            ready.credential().key().description());
                    ReloadableSigner current =
                            started.closeLater(
                                    new ReloadableSigner(loader, ready.credential(), journal));
                    credentials.add(kept(config, fedIssuer(fed, issuer), loader, current, started));
                }
            }
        }
        if (!reasons.isEmpty()) {
            throw new StartRefused(reasons, null);
        }
        return credentials;
    }

    /// Where the configuration file names credentials now.
    static CredentialUpkeep.Sources sources(ServerConfig started) {
        return () -> {
            try {
                Map<String, CredentialSource> sources = new TreeMap<>();
                for (ServerConfig.Issuer issuer :
                        ConfigReader.read(started.source().file()).issuers()) {
                    issuer.credential().ifPresent(it -> sources.put(issuer.name(), it));
                }
                return new CredentialUpkeep.Reading(sources, Optional.empty());
            } catch (IOException | ConfigRefused e) {
                return new CredentialUpkeep.Reading(
                        Map.of(), Optional.of(String.valueOf(e.getMessage())));
            }
        };
    }

    /// Has alerts raised before responders' and issuers' certificates end.
    void watchEnds(
            ServerConfig config,
            List<KeptCredential> credentials,
            FedIssuer.Directory fed,
            Alarm alarm,
            BackgroundTasks tasks,
            Started started) {
        Instant start = clock.instant();
        Supplier<Map<String, Instant>> ends =
                () -> {
                    Map<String, Instant> all = new TreeMap<>();
                    for (FedIssuer issuer : fed.issuers()) {
                        // One that ended before is kept for its certificates' sake.
                        Instant end = issuer.certificate().notAfter();
                        if (end.isAfter(start)) {
                            all.put("the certificate of issuer " + issuer.name(), end);
                        }
                    }
                    for (KeptCredential one : credentials) {
                        one.current()
                                .credential()
                                .delegate()
                                .ifPresent(
                                        it ->
                                                all.put(
                                                        "the responder certificate of "
                                                                + one.issuer(),
                                                        it.notAfter()));
                    }
                    return all;
                };
        EndWatch watch = new EndWatch(config.alerts().expiry(), alarm, clock, ends);
        started.closeLater(tasks.every("certificate-ends", ENDS_EVERY, watch::check));
    }

    private static void tell(String line, CredentialFinding finding, List<String> reasons) {
        if (finding.isError()) {
            reasons.add(line);
        } else {
            LOG.warn("{}", line);
        }
    }

    private KeptCredential kept(
            ServerConfig config,
            FedIssuer issuer,
            CredentialLoader loader,
            ReloadableSigner current,
            Started started) {
        BoundedSigner bounded =
                started.closeLater(
                        new BoundedSigner(aroundKey.apply(current), config.signing(), clock));
        return new KeptCredential(issuer.name(), issuer.key(), loader, current, bounded);
    }

    CredentialLoader loader(CredentialSource source, FedIssuer issuer) {
        return new CredentialLoader(
                source, issuer.certificates(), issuer.profile(), Keys::open, clock);
    }

    static FedIssuer fedIssuer(FedIssuer.Directory fed, ServerConfig.Issuer issuer) {
        return fed.called(issuer.name()).orElseThrow();
    }
}
