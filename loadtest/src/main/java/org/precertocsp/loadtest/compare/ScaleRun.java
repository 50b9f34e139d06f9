package org.precertocsp.loadtest.compare;

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
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.loadtest.corpus.CorpusPlan;
import org.precertocsp.loadtest.corpus.CorpusProgress;
import org.precertocsp.loadtest.drive.ConnectionSettings;
import org.precertocsp.loadtest.drive.RequestPacing;
import org.precertocsp.loadtest.peers.CorpusRequests;
import org.precertocsp.loadtest.peers.CpuPinning;
import org.precertocsp.loadtest.peers.LoadedStore;
import org.precertocsp.loadtest.peers.PeerException;
import org.precertocsp.loadtest.peers.PrecertOcspDistribution;
import org.precertocsp.loadtest.peers.PrecertOcspPeer;
import org.precertocsp.loadtest.peers.RunningPeer;
import org.precertocsp.loadtest.report.MeasurementOrigin;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.Workload;

/// Measures one number of serials after the other. For one use.
public final class ScaleRun {
    private static final long SEED = 1;
    private static final double REVOKED = 0.1;
    private static final Workload ZIPF =
            new Workload(new Workload.Shares(1, 0, 0, 0), new Workload.Order.Zipf(1), SEED);
    private static final Workload UNASSIGNED =
            new Workload(new Workload.Shares(1, 0, 0, 1), new Workload.Order.Sequential(), SEED);

    private static final Workload UNIFORM =
            new Workload(new Workload.Shares(1, 0, 0, 0), new Workload.Order.Zipf(0), SEED);

    /// Serials whose answers are in memory when their status changes.
    private static final long HOT = 5_000;

    private static final int EVERY = 1;

    /// One answer in this many is checked completely.
    private static final int SOME = 20;

    private final ScalePlan plan;
    private final Consumer<String> progress;

    /// @param progress receives a line for each step
    public ScaleRun(ScalePlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /// Blocks until everything is measured. Loads on all processors; while requests are sent,
    /// server and driver have one each.
    public ScaleReport run() throws PeerException, InterruptedException, IOException {
        PrecertOcspDistribution distribution = PrecertOcspDistribution.find(plan.ours());
        MeasurementOrigin origin = distribution.origin();
        CpuPinning cores = CpuPinning.ofThisMachine();
        List<ScaleStep> steps = new ArrayList<>();
        for (long size : plan.sizes()) {
            steps.add(step(distribution, cores, size));
        }
        return new ScaleReport(
                origin,
                "all good, in the end 10 %% revoked, %d connections, %.1f s for each kind of request"
                        .formatted(plan.connections(), plan.measured().toMillis() / 1000.0),
                cores.remarks(),
                steps,
                ScaleTargets.of(steps));
    }

    private ScaleStep step(PrecertOcspDistribution distribution, CpuPinning cores, long size)
            throws PeerException, InterruptedException, IOException {
        Path folder = plan.work().resolve(Long.toString(size));
        progress.accept("%,d serials: making the corpus".formatted(size));
        // With one seed and in one directory: the same CA and serials, before and after the CRL.
        Corpus good = corpus(folder, size, 0, CorpusFile.CSV);
        Corpus revoked = corpus(folder, size, REVOKED, CorpusFile.CRL);
        progress.accept("%,d serials: loading the CRL".formatted(size));
        LoadedStore fromCrl =
                LoadedStore.of(distribution, revoked, CorpusFile.CRL, folder.resolve("crl"));
        progress.accept("%,d serials: loading the CSV".formatted(size));
        LoadedStore fromCsv =
                LoadedStore.of(distribution, good, CorpusFile.CSV, folder.resolve("csv"));
        if (fromCsv.added() != size) {
            throw new PeerException(
                    "%,d of %,d serials were loaded".formatted(fromCsv.added(), size));
        }
        long disk = fromCsv.diskBytes();
        progress.accept("%,d serials: serving".formatted(size));
        CorpusRequests asking = CorpusRequests.about(good);
        PrecertOcspPeer ours = new PrecertOcspPeer(distribution, good, fromCsv.store(), "none");
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
                            CorpusRequests.about(revoked),
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
                        CorpusKeyType.P256,
                        EnumSet.of(file));
        return Corpus.write(folder, corpusPlan, _ -> CorpusProgress.SILENT);
    }

    /// Unassigned serials warm up the server: no assigned serial has a signed answer afterwards.
    private ScaleStep.Requests requests(RunningPeer peer, CorpusRequests asking, long size)
            throws PeerException, InterruptedException {
        ServerContestant unassigned = side(peer, asking, asking.supply(0, size, UNASSIGNED));
        plan.warmUp().run(List.of(unassigned));
        UniqueSerialStream.Counter counter = new UniqueSerialStream.Counter(size);
        RequestStream fresh =
                new UniqueSerialStream(asking.supply(0, size, Workload.plainGet()), counter);
        Measurement once = side(peer, asking, fresh).measure(plan.measured());
        ServerContestant popular = side(peer, asking, asking.supply(0, size, ZIPF));
        plan.warmUp().run(List.of(popular, unassigned));
        return new ScaleStep.Requests(
                once,
                counter.isExhausted(),
                popular.measure(plan.measured()),
                unassigned.measure(plan.measured()));
    }

    @FunctionalInterface
    private interface Loading {
        LoadedStore load() throws PeerException;
    }

    private MassRevocation revoke(
            RunningPeer peer, CorpusRequests before, CorpusRequests after, Loading crl)
            throws PeerException, InterruptedException {
        Duration time = plan.measured();
        Measurement good =
                side(peer, before, before.supply(0, HOT, Workload.plainGet())).measure(time);
        LoadedStore loaded = crl.load();
        // At once: the answers now in memory were stored there before the revocation.
        RequestStream hot = after.supply(0, HOT, Workload.plainGet());
        Measurement same =
                side(peer, new ServerContestant.Questions(hot, after.check(), EVERY))
                        .measure(time.dividedBy(4));
        RequestStream all = after.supply(0, after.serials(), UNIFORM);
        Measurement everywhere =
                side(peer, new ServerContestant.Questions(all, after.check(), SOME)).measure(time);
        return new MassRevocation(loaded.changed(), loaded.time(), good, same, everywhere);
    }

    private ServerContestant side(RunningPeer peer, CorpusRequests asking, RequestStream supply) {
        return side(peer, new ServerContestant.Questions(supply, asking.check()));
    }

    private ServerContestant side(RunningPeer peer, ServerContestant.Questions questions) {
        return new ServerContestant(
                peer.name(),
                peer,
                questions,
                ConnectionSettings.keptAlive(plan.connections()),
                new RequestPacing.Saturate(),
                (_, _) -> {});
    }
}
