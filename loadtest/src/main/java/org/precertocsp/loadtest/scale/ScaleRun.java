package org.precertocsp.loadtest.scale;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.precertocsp.loadtest.compare.DrivenSide;
import org.precertocsp.loadtest.compare.FreshSerials;
import org.precertocsp.loadtest.compare.Sample;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusPlan;
import org.precertocsp.loadtest.corpus.CorpusProgress;
import org.precertocsp.loadtest.corpus.KeyKind;
import org.precertocsp.loadtest.drive.Connections;
import org.precertocsp.loadtest.drive.Pace;
import org.precertocsp.loadtest.peers.Asking;
import org.precertocsp.loadtest.peers.Cores;
import org.precertocsp.loadtest.peers.LoadedStore;
import org.precertocsp.loadtest.peers.OursDistribution;
import org.precertocsp.loadtest.peers.OursPeer;
import org.precertocsp.loadtest.peers.PeerFailed;
import org.precertocsp.loadtest.peers.RunningPeer;
import org.precertocsp.loadtest.report.Origin;
import org.precertocsp.loadtest.requests.Mix;
import org.precertocsp.loadtest.requests.RequestSupply;

/// Measures one number of serials after the other. For one use.
public final class ScaleRun {
    private static final long SEED = 1;
    private static final double REVOKED = 0.1;
    private static final Mix ZIPF =
            new Mix(new Mix.Shares(1, 0, 0, 0), new Mix.Order.Zipf(1), SEED);
    private static final Mix UNASSIGNED =
            new Mix(new Mix.Shares(1, 0, 0, 1), new Mix.Order.Sequential(), SEED);

    private static final Mix UNIFORM =
            new Mix(new Mix.Shares(1, 0, 0, 0), new Mix.Order.Zipf(0), SEED);

    /// Serials whose answers are in memory when their status changes.
    private static final long HOT = 5_000;

    private static final int EVERY = 1;

    /// One answer in so many is checked completely.
    private static final int SOME = 20;

    private final ScalePlan plan;
    private final Consumer<String> progress;

    /// @param progress receives a line for each step
    public ScaleRun(ScalePlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /// Blocks until all is measured. Loads on all processors; while requests are sent, server and
    /// driver have one each.
    public Scale run() throws PeerFailed, InterruptedException, IOException {
        OursDistribution distribution = OursDistribution.find(plan.ours());
        Origin origin = distribution.origin();
        Cores cores = Cores.ofThisMachine();
        List<ScaleStep> steps = new ArrayList<>();
        for (long size : plan.sizes()) {
            steps.add(step(distribution, cores, size));
        }
        return new Scale(
                origin,
                "all good, in the end 10 %% revoked, %d connections, %.1f s for each kind of request"
                        .formatted(plan.connections(), plan.measured().toMillis() / 1000.0),
                cores.remarks(),
                steps,
                ScaleTargets.of(steps));
    }

    private ScaleStep step(OursDistribution distribution, Cores cores, long size)
            throws PeerFailed, InterruptedException, IOException {
        Path folder = plan.work().resolve(Long.toString(size));
        progress.accept("%,d serials: making the corpus".formatted(size));
        // Of one seed and in one folder: the same CA and serials, before and after the CRL.
        Corpus good = corpus(folder, size, 0, CorpusFile.CSV);
        Corpus revoked = corpus(folder, size, REVOKED, CorpusFile.CRL);
        progress.accept("%,d serials: loading the CRL".formatted(size));
        LoadedStore fromCrl =
                LoadedStore.of(distribution, revoked, CorpusFile.CRL, folder.resolve("crl"));
        progress.accept("%,d serials: loading the CSV".formatted(size));
        LoadedStore fromCsv =
                LoadedStore.of(distribution, good, CorpusFile.CSV, folder.resolve("csv"));
        if (fromCsv.added() != size) {
            throw new PeerFailed("%,d of %,d serials were loaded".formatted(fromCsv.added(), size));
        }
        long disk = fromCsv.diskBytes();
        progress.accept("%,d serials: serving".formatted(size));
        Asking asking = Asking.about(good);
        OursPeer ours = new OursPeer(distribution, good, fromCsv.store(), "none");
        try (RunningPeer peer =
                RunningPeer.start(ours, folder.resolve("ours"), cores, asking.probe())) {
            long atStart = peer.use().residentBytes();
            cores.pinDriver();
            ScaleStep.Requests requests = requests(peer, asking, size);
            long residentAfter = peer.use().residentBytes();
            progress.accept("%,d serials: revoking one in ten of them, by CRL".formatted(size));
            MassRevocation revocation =
                    revoke(
                            peer,
                            asking,
                            Asking.about(revoked),
                            () ->
                                    LoadedStore.of(
                                            distribution,
                                            revoked,
                                            CorpusFile.CRL,
                                            folder.resolve("csv")));
            cores.releaseDriver();
            return new ScaleStep(
                    size,
                    new ScaleStep.Load(fromCsv.added(), fromCsv.time()),
                    new ScaleStep.Load(revoked.plan().population().revoked(size), fromCrl.time()),
                    disk,
                    peer.startUp(),
                    atStart,
                    residentAfter,
                    requests,
                    revocation);
        }
    }

    private static Corpus corpus(Path folder, long size, double revoked, CorpusFile file)
            throws IOException {
        Files.createDirectories(folder);
        CorpusPlan corpusPlan =
                new CorpusPlan(
                        size,
                        revoked,
                        SEED,
                        LocalDate.now(ZoneOffset.UTC),
                        KeyKind.P256,
                        EnumSet.of(file));
        return Corpus.write(folder, corpusPlan, _ -> CorpusProgress.SILENT);
    }

    /// Unassigned serials warm the server up: they leave every answer unsigned.
    private ScaleStep.Requests requests(RunningPeer peer, Asking asking, long size)
            throws PeerFailed, InterruptedException {
        DrivenSide unassigned = side(peer, asking, asking.supply(0, size, UNASSIGNED));
        plan.warmUp().run(List.of(unassigned));
        FreshSerials.Counter counter = new FreshSerials.Counter(size);
        RequestSupply fresh = new FreshSerials(asking.supply(0, size, Mix.plainGet()), counter);
        Sample once = side(peer, asking, fresh).measure(plan.measured());
        DrivenSide popular = side(peer, asking, asking.supply(0, size, ZIPF));
        plan.warmUp().run(List.of(popular, unassigned));
        return new ScaleStep.Requests(
                once,
                counter.isExhausted(),
                popular.measure(plan.measured()),
                unassigned.measure(plan.measured()));
    }

    @FunctionalInterface
    private interface Loading {
        LoadedStore load() throws PeerFailed;
    }

    private MassRevocation revoke(RunningPeer peer, Asking before, Asking after, Loading crl)
            throws PeerFailed, InterruptedException {
        Duration time = plan.measured();
        Sample good = side(peer, before, before.supply(0, HOT, Mix.plainGet())).measure(time);
        LoadedStore loaded = crl.load();
        // At once: what is in memory now was put there before the revocation.
        RequestSupply hot = after.supply(0, HOT, Mix.plainGet());
        Sample same =
                side(peer, new DrivenSide.Questions(hot, after.check(), EVERY))
                        .measure(time.dividedBy(4));
        RequestSupply all = after.supply(0, after.serials(), UNIFORM);
        Sample everywhere =
                side(peer, new DrivenSide.Questions(all, after.check(), SOME)).measure(time);
        return new MassRevocation(loaded.changed(), loaded.time(), good, same, everywhere);
    }

    private DrivenSide side(RunningPeer peer, Asking asking, RequestSupply supply) {
        return side(peer, new DrivenSide.Questions(supply, asking.check()));
    }

    private DrivenSide side(RunningPeer peer, DrivenSide.Questions questions) {
        return new DrivenSide(
                peer.name(),
                peer,
                questions,
                Connections.keptAlive(plan.connections()),
                new Pace.Saturate(),
                (_, _) -> {});
    }
}
