package org.precertocsp.responder.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.FeedProvider;
import org.precertocsp.responder.intake.LineFeeds;
import org.precertocsp.responder.intake.ScratchStore;
import org.precertocsp.responder.intake.certificate.LoggedCertificateVerifier;
import org.precertocsp.responder.intake.certificate.PrecertificateSigningCertificates;
import org.precertocsp.responder.intake.spool.SpoolConfig;
import org.precertocsp.responder.intake.spool.SpoolLoadContext;
import org.precertocsp.responder.intake.spool.SpoolWatcher;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.task.BackgroundTasks;

/// One configuration with one issuer, whose store another process may have open.
final class FakeCommandContext implements CommandContext.Factory, CommandContext {
    static final int FOR_EVER = Integer.MAX_VALUE;

    final TestCa ca = TestCa.root("Issuer");
    final ScratchStore store = new ScratchStore();
    private final ConfiguredIssuer issuer =
            new ConfiguredIssuer("first", List.of(ca.certificate()), IssuerProfile.TLS);
    private final Path spool;
    private final AtomicInteger refusals = new AtomicInteger();
    private Optional<StatusDetails> dossier = Optional.empty();

    FakeCommandContext(Path folder) {
        this.spool = folder.resolve("spool");
    }

    /// The next `times` attempts to open the store find it in use.
    void lock(int times) {
        refusals.set(times);
    }

    /// Takes the store, as a running server does, and watches the spool.
    SpoolWatcher serve(Duration poll) throws IOException {
        lock(FOR_EVER);
        SpoolLoadContext intake =
                new SpoolLoadContext(
                        new FeedLoader(store, InstantSource.system()),
                        feeds(),
                        issuers(),
                        Alarm.LOGGED);
        return SpoolWatcher.start(
                BackgroundTasks.logged(),
                new SpoolConfig(spool, poll, SpoolConfig.KEEP),
                intake,
                InstantSource.system());
    }

    @Override
    public CommandContext read(Path configuration) throws CommandException {
        if (!configuration.endsWith("good.yaml")) {
            throw new CommandException(configuration + " line 3: no such setting");
        }
        return this;
    }

    @Override
    public ConfiguredIssuer.Directory issuers() {
        return new ConfiguredIssuer.Directory(List.of(issuer));
    }

    @Override
    public FeedProvider feeds() {
        return new LineFeeds(issuer);
    }

    @Override
    public LoggedCertificateVerifier loggedCertificates() {
        return new LoggedCertificateVerifier(PrecertificateSigningCertificates.none(issuers()));
    }

    @Override
    public Set<IssuerKey> alertOnly() {
        return Set.of();
    }

    @Override
    public SpoolConfig spool() {
        return new SpoolConfig(spool, Duration.ofMillis(20), SpoolConfig.KEEP);
    }

    @Override
    public CommandContext.OpenedStore openStore() throws StoreLockedException {
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new StoreLockedException(spool.resolveSibling("store"), null);
        }
        return CommandContext.OpenedStore.of(store);
    }

    /// What the store knows of every serial.
    void know(StatusDetails known) {
        dossier = Optional.of(known);
    }

    @Override
    public CommandContext.StatusView openView() {
        return new CommandContext.StatusView() {
            @Override
            public Optional<StatusRecord> find(SerialKey key) {
                return dossier(key).record();
            }

            @Override
            public StatusDetails dossier(SerialKey key) {
                return dossier.orElseThrow(() -> new StoreException("there is no store", null));
            }

            @Override
            public List<Serial> serials(IssuerKey asked, Optional<Serial> after, int limit) {
                return List.of();
            }

            @Override
            public void sightings(IssuerKey issuer, Consumer<CtObservation> each) {}

            @Override
            public void close() {}
        };
    }

    @Override
    public StatusStore openScratch(Path directory) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> ownAddress(ConfiguredIssuer asked) {
        return Optional.empty();
    }
}
