package org.precertocsp.responder;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.desk.Acknowledging;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.audit.door.AuditedAlerts;
import org.precertocsp.responder.audit.door.StoreRecovery;
import org.precertocsp.responder.audit.keep.Pruning;
import org.precertocsp.responder.audit.log.Segment;
import org.precertocsp.responder.audit.service.AuditService;
import org.precertocsp.responder.audit.service.StateCheck;
import org.precertocsp.responder.cli.AlertBooks;
import org.precertocsp.responder.cli.AuditContext;
import org.precertocsp.responder.cli.CommandContext;
import org.precertocsp.responder.cli.CommandFailed;
import org.precertocsp.responder.cli.CredentialCheck;
import org.precertocsp.responder.cli.DataOwner;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ConfigRefused;
import org.precertocsp.responder.config.ConfiguredIssuers;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.freshness.Credentials;
import org.precertocsp.responder.http.HttpConfig;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.Feeds;
import org.precertocsp.responder.intake.certificate.LoggedCertificates;
import org.precertocsp.responder.intake.spool.SpoolConfig;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.CredentialLoad;

/// Composes what commands other than `serve` need, from the same parts as [Wiring].
record CommandWiring(InstantSource clock) {
    /// For `load`, `status` and `reconcile`.
    CommandContext.Factory contexts() {
        return file -> {
            try {
                ServerConfig config = checkOwner(ConfigReader.read(file));
                return new Context(config, ConfiguredIssuers.read(config), clock);
            } catch (IOException | ConfigRefused | CertificateProblem e) {
                throw new CommandFailed(String.valueOf(e.getMessage()), e);
            }
        };
    }

    /// For `audit`.
    AuditContext.Factory audit() {
        return file -> {
            try {
                ServerConfig config = checkOwner(ConfigReader.read(file));
                return new Audit(config, ConfiguredIssuers.directory(config), clock);
            } catch (IOException | ConfigRefused | CertificateProblem e) {
                throw new CommandFailed(String.valueOf(e.getMessage()), e);
            }
        };
    }

    /// For `alerts`.
    AlertBooks alerts() {
        return config -> {
            try {
                return new Acknowledging(
                        checkOwner(config).alerts(),
                        new AuditedAlerts(AuditService.trailOffline(config.auditSettings(), clock)),
                        clock);
            } catch (CommandFailed e) {
                throw new IOException(e.explanation(), e);
            }
        };
    }

    /// @throws CommandFailed this user must not write to the configuration's directories
    private static ServerConfig checkOwner(ServerConfig config) throws CommandFailed {
        Optional<String> objection =
                DataOwner.objection(List.copyOf(config.directories().values()));
        if (objection.isPresent()) {
            throw new CommandFailed(objection.get());
        }
        return config;
    }

    /// For `config check`.
    CredentialCheck credentialCheck() {
        return config -> {
            List<CredentialCheck.Finding> findings = new ArrayList<>();
            try {
                for (Credentials.Issuer issuer : ConfiguredIssuers.read(config).answered()) {
                    findings.addAll(check(issuer));
                }
            } catch (CertificateProblem e) {
                findings.add(
                        new CredentialCheck.Finding(
                                "issuers",
                                CredentialCheck.Severity.ERROR,
                                String.valueOf(e.getMessage())));
            }
            return findings;
        };
    }

    private List<CredentialCheck.Finding> check(Credentials.Issuer issuer) {
        CredentialLoad load = issuer.loader(clock).load();
        if (load instanceof CredentialLoad.Ready ready) {
            ready.credential().key().close();
        }
        return load.findings().stream()
                .map(
                        finding ->
                                new CredentialCheck.Finding(
                                        issuer.name(),
                                        finding.isError()
                                                ? CredentialCheck.Severity.ERROR
                                                : CredentialCheck.Severity.WARNING,
                                        finding.toString()))
                .toList();
    }

    private record Context(ServerConfig config, ConfiguredIssuers known, InstantSource clock)
            implements CommandContext {
        // Read once, in order: a cache saves little.
        private static final long SCRATCH_CACHE_BYTES = 16 << 20;

        @Override
        public FedIssuer.Directory issuers() {
            return known.directory();
        }

        @Override
        public Feeds feeds() {
            // Commands print what a feed reports.
            return new FeedFactory(known, clock, _ -> {});
        }

        @Override
        public LoggedCertificates loggedCertificates() {
            return new LoggedCertificates(known.signers());
        }

        @Override
        public Set<IssuerKey> alertOnly() {
            return known.alertOnly();
        }

        @Override
        public SpoolConfig spool() {
            return config.spool();
        }

        @Override
        public CommandContext.OpenedStore openStore() throws StoreLocked {
            AuditService.RecordedStore store =
                    AuditService.offline(config.auditSettings(), known.keys(), clock);
            return new CommandContext.OpenedStore(store.writer(), store.closing());
        }

        @Override
        public CommandContext.OpenedStore openForDryRun() {
            Optional<String> doubt = storeDoubt();
            if (doubt.isPresent()) {
                throw new StoreFailure(doubt.get(), null);
            }
            if (RocksStores.exists(config.store())) {
                return CommandContext.OpenedStore.of(RocksStores.openReadOnly(config.store()));
            }
            return CommandContext.OpenedStore.of(
                    RocksStores.openTemporary(SCRATCH_CACHE_BYTES));
        }

        @Override
        public CommandContext.StatusView openView() {
            return CommandContext.StatusView.of(RocksStores.openReadOnly(config.store()));
        }

        @Override
        public Optional<String> storeDoubt() {
            return new StateCheck(config.auditSettings(), Alarm.LOGGED).doubt();
        }

        @Override
        public StatusStore openScratch(Path directory) {
            try {
                return RocksStores.open(new RocksConfig(directory, SCRATCH_CACHE_BYTES));
            } catch (StoreLocked e) {
                throw new StoreFailure(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public Optional<String> ownAddress(FedIssuer issuer) {
            return config.issuers().stream()
                    .filter(it -> it.name().equals(issuer.name()) && it.credential().isPresent())
                    .map(_ -> localUrl(config.http()))
                    .findFirst();
        }

        /// The URL of the server for a client on this machine: its first address, or loopback where
        /// it listens at every address.
        private static String localUrl(HttpConfig config) {
            InetSocketAddress listen = config.listen().getFirst();
            InetAddress address = listen.getAddress();
            String host = listen.getHostString();
            if (address != null && address.isAnyLocalAddress()) {
                host = address instanceof Inet6Address ? "::1" : "127.0.0.1";
            }
            String written = host.contains(":") ? "[" + host + "]" : host;
            return "http://%s:%d%s".formatted(written, listen.getPort(), config.path());
        }
    }

    private record Audit(ServerConfig config, FedIssuer.Directory issuers, InstantSource clock)
            implements AuditContext {
        @Override
        public AuditConfig audit() {
            return config.audit();
        }

        @Override
        public AuditContext.Checkpoints openCheckpoints() throws CommandFailed {
            try {
                RocksStores store = RocksStores.openReadOnly(config.store());
                return new AuditContext.Checkpoints() {
                    @Override
                    public Optional<String> of(String origin) {
                        return store.checkpoint(origin);
                    }

                    @Override
                    public void close() {
                        store.close();
                    }
                };
            } catch (StoreFailure e) {
                throw new CommandFailed(
                        "the log's checkpoints in the store cannot be read: " + e.getMessage(), e);
            }
        }

        @Override
        public StoreRecovery.Comparison compareStore() throws CommandFailed {
            try {
                if (!RocksStores.exists(config.store())) {
                    return new StoreRecovery(config.audit().events(), Optional.empty()).compare();
                }
                try (RocksStores store = RocksStores.openDamagedReadOnly(config.store())) {
                    return new StoreRecovery(config.audit().events(), store.commitMark()).compare();
                }
            } catch (StoreFailure | IOException e) {
                throw new CommandFailed(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public StoreRecovery.Replayed replay(LongConsumer progress) throws CommandFailed {
            try {
                return AuditService.replay(
                        config.auditSettings(),
                        issuers.issuers().stream().map(FedIssuer::key).toList(),
                        clock,
                        progress);
            } catch (StoreLocked e) {
                throw stopFirst(e);
            } catch (StoreFailure | AuditFailure | IOException e) {
                throw new CommandFailed(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public Pruning openPruningPreview() throws CommandFailed {
            try {
                Segment.some(config.audit().events());
                return AuditService.pruningPreview(
                        config.auditSettings(),
                        RocksStores.openReadOnly(config.store()),
                        ConfiguredIssuers.retentionTerms(issuers),
                        clock);
            } catch (StoreFailure | IOException e) {
                throw new CommandFailed(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public Pruning openPruning() throws CommandFailed {
            try {
                new StateCheck(config.auditSettings(), Alarm.LOGGED).expectStore(false);
                RocksStores store = RocksStores.open(config.store());
                try {
                    return AuditService.pruning(
                            config.auditSettings(),
                            store,
                            ConfiguredIssuers.retentionTerms(issuers),
                            clock);
                } catch (IOException | RuntimeException e) {
                    store.close();
                    throw e;
                }
            } catch (StoreLocked e) {
                throw stopFirst(e);
            } catch (StoreFailure | AuditFailure | IOException e) {
                throw new CommandFailed(String.valueOf(e.getMessage()), e);
            }
        }

        private static CommandFailed stopFirst(StoreLocked e) {
            return new CommandFailed("stop the server first: " + e.getMessage(), e);
        }
    }
}
