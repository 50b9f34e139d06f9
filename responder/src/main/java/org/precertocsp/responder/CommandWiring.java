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
import org.precertocsp.responder.alert.AlertAcknowledger;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.audit.AuditService;
import org.precertocsp.responder.audit.AuditedAlerts;
import org.precertocsp.responder.audit.LogPruner;
import org.precertocsp.responder.audit.LogSegment;
import org.precertocsp.responder.audit.StateCheck;
import org.precertocsp.responder.audit.StoreRecovery;
import org.precertocsp.responder.cli.AlertAccess;
import org.precertocsp.responder.cli.AuditContext;
import org.precertocsp.responder.cli.BackupContext;
import org.precertocsp.responder.cli.CommandContext;
import org.precertocsp.responder.cli.CommandException;
import org.precertocsp.responder.cli.CredentialCheck;
import org.precertocsp.responder.cli.DataOwnershipCheck;
import org.precertocsp.responder.cluster.Recovery;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ConfiguredIssuers;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.http.HttpConfig;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedProvider;
import org.precertocsp.responder.intake.certificate.LoggedCertificateVerifier;
import org.precertocsp.responder.intake.spool.SpoolConfig;
import org.precertocsp.responder.renewal.Credentials;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.signer.CredentialLoadResult;
import org.precertocsp.signer.InvalidCertificateException;

/// Composes the parts for commands other than `serve`, the same parts as in [Wiring].
record CommandWiring(InstantSource clock) {
    /// For `load`, `status` and `reconcile`.
    CommandContext.Factory contexts() {
        return file -> {
            try {
                ServerConfig config = checkOwner(ConfigReader.read(file));
                return new Context(config, ConfiguredIssuers.read(config), clock);
            } catch (IOException | ConfigException | InvalidCertificateException e) {
                throw new CommandException(String.valueOf(e.getMessage()), e);
            }
        };
    }

    /// For `cluster init` and `cluster recover`.
    ///
    /// @throws IOException the store cannot be read
    static Optional<Recovery> storedRecovery(ServerConfig config) throws IOException {
        if (!RocksStore.exists(config.store())) {
            return Optional.empty();
        }
        try (RocksStore store = RocksStore.openReadOnly(config.store())) {
            return Recovery.of(store.replicaPosition());
        } catch (StoreException e) {
            throw new IOException("the store cannot be read: " + e.getMessage(), e);
        }
    }

    /// For `audit`.
    AuditContext.Factory audit() {
        return file -> {
            try {
                ServerConfig config = checkOwner(ConfigReader.read(file));
                return new Audit(config, ConfiguredIssuers.directory(config), clock);
            } catch (IOException | ConfigException | InvalidCertificateException e) {
                throw new CommandException(String.valueOf(e.getMessage()), e);
            }
        };
    }

    /// For `backup` and `restore`.
    BackupContext.Factory backups() {
        return file -> {
            try {
                ServerConfig config = checkOwner(ConfigReader.read(file));
                return new BackupContext(
                        config.auditSettings(),
                        ConfiguredIssuers.read(config).keys(),
                        config.directories());
            } catch (IOException | ConfigException | InvalidCertificateException e) {
                throw new CommandException(String.valueOf(e.getMessage()), e);
            }
        };
    }

    /// For `alerts`.
    AlertAccess alerts() {
        return config -> {
            try {
                return new AlertAcknowledger(
                        checkOwner(config).alerts(),
                        new AuditedAlerts(AuditService.trailOffline(config.auditSettings(), clock)),
                        clock);
            } catch (CommandException e) {
                throw new IOException(e.explanation(), e);
            }
        };
    }

    /// @throws CommandException this user must not write to the configuration's directories
    private static ServerConfig checkOwner(ServerConfig config) throws CommandException {
        Optional<String> objection =
                DataOwnershipCheck.objection(List.copyOf(config.directories().values()));
        if (objection.isPresent()) {
            throw new CommandException(objection.get());
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
            } catch (InvalidCertificateException e) {
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
        CredentialLoadResult load = issuer.loader(clock).load();
        if (load instanceof CredentialLoadResult.Ready ready) {
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
        // Read once, in order: a cache has little effect.
        private static final long SCRATCH_CACHE_BYTES = 16 << 20;

        @Override
        public ConfiguredIssuer.Directory issuers() {
            return known.directory();
        }

        @Override
        public FeedProvider feeds() {
            // Commands print the reports of a feed.
            return new FeedFactory(known, clock, _ -> {});
        }

        @Override
        public LoggedCertificateVerifier loggedCertificates() {
            return new LoggedCertificateVerifier(known.signers());
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
        public CommandContext.OpenedStore openStore() throws StoreLockedException {
            Optional<String> objection = ClusterPart.objectionToLocalChanges(config.cluster());
            if (objection.isPresent()) {
                throw new StoreException(objection.get(), null);
            }
            AuditService.RecordedStore store =
                    AuditService.offline(config.auditSettings(), known.keys(), clock);
            return new CommandContext.OpenedStore(store.writer(), store.closing());
        }

        @Override
        public CommandContext.OpenedStore openForDryRun() {
            Optional<String> doubt = storeDoubt();
            if (doubt.isPresent()) {
                throw new StoreException(doubt.get(), null);
            }
            if (RocksStore.exists(config.store())) {
                return CommandContext.OpenedStore.of(RocksStore.openReadOnly(config.store()));
            }
            return CommandContext.OpenedStore.of(RocksStore.openTemporary(SCRATCH_CACHE_BYTES));
        }

        @Override
        public CommandContext.StatusView openView() {
            return CommandContext.StatusView.of(RocksStore.openReadOnly(config.store()));
        }

        @Override
        public Optional<String> storeDoubt() {
            return new StateCheck(config.auditSettings(), Alarm.LOGGED).doubt();
        }

        @Override
        public StatusStore openScratch(Path directory) {
            try {
                return RocksStore.open(new StoreConfig(directory, SCRATCH_CACHE_BYTES));
            } catch (StoreLockedException e) {
                throw new StoreException(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public Optional<String> ownAddress(ConfiguredIssuer issuer) {
            return config.issuers().stream()
                    .filter(it -> it.name().equals(issuer.name()) && it.credential().isPresent())
                    .map(_ -> localUrl(config.http()))
                    .findFirst();
        }

        /// The URL of the server for a client on this machine: its first address, or loopback if it
        /// listens at every address.
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

    private record Audit(
            ServerConfig config, ConfiguredIssuer.Directory issuers, InstantSource clock)
            implements AuditContext {
        @Override
        public AuditConfig audit() {
            return config.audit();
        }

        @Override
        public AuditContext.Checkpoints openCheckpoints() throws CommandException {
            try {
                RocksStore store = RocksStore.openReadOnly(config.store());
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
            } catch (StoreException e) {
                throw new CommandException(
                        "the log's checkpoints in the store cannot be read: " + e.getMessage(), e);
            }
        }

        @Override
        public StoreRecovery.Comparison compareStore() throws CommandException {
            try {
                if (!RocksStore.exists(config.store())) {
                    return new StoreRecovery(config.audit().events(), Optional.empty()).compare();
                }
                try (RocksStore store = RocksStore.openDamagedReadOnly(config.store())) {
                    return new StoreRecovery(config.audit().events(), store.commitMark()).compare();
                }
            } catch (StoreException | IOException e) {
                throw new CommandException(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public StoreRecovery.Replayed replay(LongConsumer progress) throws CommandException {
            Optional<String> objection = ClusterPart.objectionToLocalChanges(config.cluster());
            if (objection.isPresent()) {
                throw new CommandException(objection.get());
            }
            try {
                return AuditService.replay(
                        config.auditSettings(),
                        issuers.issuers().stream().map(ConfiguredIssuer::key).toList(),
                        clock,
                        progress);
            } catch (StoreLockedException e) {
                throw stopFirst(e);
            } catch (StoreException | AuditException | IOException e) {
                throw new CommandException(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public LogPruner openPruningPreview() throws CommandException {
            try {
                LogSegment.some(config.audit().events());
                return AuditService.pruningPreview(
                        config.auditSettings(),
                        RocksStore.openReadOnly(config.store()),
                        ConfiguredIssuers.retentionTerms(issuers),
                        clock);
            } catch (StoreException | IOException e) {
                throw new CommandException(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public LogPruner openPruning() throws CommandException {
            try {
                new StateCheck(config.auditSettings(), Alarm.LOGGED).expectStore(false);
                RocksStore store = RocksStore.open(config.store());
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
            } catch (StoreLockedException e) {
                throw stopFirst(e);
            } catch (StoreException | AuditException | IOException e) {
                throw new CommandException(String.valueOf(e.getMessage()), e);
            }
        }

        private static CommandException stopFirst(StoreLockedException e) {
            return new CommandException("stop the server first: " + e.getMessage(), e);
        }
    }
}
