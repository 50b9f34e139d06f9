package org.precertocsp.loadtest.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
///
/// Servers of earlier, smaller numbers keep running where a ratio compares with them, so that both
/// sides are warm and take turns. They are idle otherwise.
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

    /// Above this number, an `index.txt` is left out: OpenSSL's own CA could not keep one.
    private static final long MOST_INDEX = 10_000_000;

    private static final long MILLION = 1_000_000;

    /// While a CRL is loaded; the parts of it, of which the worst counts.
    private static final RequestPacing DURING = new RequestPacing.Rate(1_000);

    private static final Duration PART = Duration.ofMillis(250);
    private static final String LIVE = "live";
    private static final String STORED = "stored";
    private static final String CACHED = "cached";
    private static final String POPULAR = "Zipf";
    private static final String FIRST = "Zipf, first size";
    private static final String AT_MILLION = "stored, a million";

    private final ScalePlan plan;
    private final Consumer<String> progress;
    private final CpuPinning cores = CpuPinning.ofThisMachine();
    private final List<Server> kept = new ArrayList<>();

    /// A server with responses on disk that goes on running.
    ///
    /// @param asking knows what it must answer
    private record Server(long size, RunningPeer peer, CorpusRequests asking) {}

    /// @param progress receives a line for each step
    public ScaleRun(ScalePlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /// Blocks until everything is measured. Loads and signs ahead on all processors; while requests
    /// are sent, server and driver have one each.
    public ScaleReport run() throws PeerException, InterruptedException, IOException {
        PrecertOcspDistribution distribution = PrecertOcspDistribution.find(plan.ours());
        MeasurementOrigin origin = distribution.origin();
        List<ScaleStep> steps = new ArrayList<>();
        try {
            for (long size : plan.sizes()) {
                steps.add(new Step(distribution, size).run());
            }
        } finally {
            kept.forEach(server -> server.peer().close());
        }
        return new ScaleReport(
                origin,
                "all good, in the end 10 %% revoked, %d connections, %d rounds of %.1f s for each kind of request"
                        .formatted(
                                plan.connections(),
                                plan.rounds(),
                                plan.measured().toMillis() / 1000.0),
                cores.remarks(),
                steps,
                ScaleTargets.of(steps));
    }

    private ServerContestant side(
            String name, RunningPeer peer, RequestStream supply, CorpusRequests asking, int every) {
        return new ServerContestant(
                name,
                peer,
                new ServerContestant.Questions(supply, asking.check(), every),
                ConnectionSettings.keptAlive(plan.connections()),
                new RequestPacing.Saturate(),
                (_, _) -> {});
    }

    /// One number of serials.
    private final class Step {
        private static final int FEW = 1_000;

        private final PrecertOcspDistribution distribution;
        private final long size;
        private final Path folder;

        Step(PrecertOcspDistribution distribution, long size) {
            this.distribution = distribution;
            this.size = size;
            this.folder = plan.work().resolve(Long.toString(size));
        }

        ScaleStep run() throws PeerException, InterruptedException, IOException {
            tell("making the corpus");
            // With one seed and in one directory: the same CA and serials, before and after the
            // CRL.
            Corpus good =
                    size <= MOST_INDEX
                            ? corpus(0, CorpusFile.CSV, CorpusFile.INDEX)
                            : corpus(0, CorpusFile.CSV);
            Corpus revoked = corpus(REVOKED, CorpusFile.CRL);
            ScaleStep.Load crl =
                    loadAndForget(
                            revoked, CorpusFile.CRL, revoked.plan().population().revoked(size));
            ScaleStep.Load index =
                    size <= MOST_INDEX ? loadAndForget(good, CorpusFile.INDEX, size) : null;
            LoadedStore loaded = load(good, CorpusFile.CSV, size);
            Files.delete(good.file(CorpusFile.CSV));
            long disk = loaded.diskBytes();
            CorpusRequests asking = CorpusRequests.about(good);
            PrecertOcspPeer without =
                    PrecertOcspPeer.of(distribution, good, loaded.store(), "none");
            tell("starting");
            Duration twoProcessors = startUp(without, asking);
            Live live = live(without, asking);
            PrecertOcspPeer ours = PrecertOcspPeer.of(distribution, good, loaded.store(), "all");
            ScaleStep.Load presigning = presign(ours, asking);
            long presigned = LoadedStore.diskBytes(loaded.store());
            RunningPeer peer =
                    RunningPeer.start(ours, folder.resolve("ours"), cores, asking.probe());
            kept.add(new Server(size, peer, CorpusRequests.about(revoked)));
            long atStart = peer.use().residentBytes();
            cores.pinDriver();
            try {
                Rounds rounds = rounds(peer, asking);
                long after = peer.use().residentBytes();
                MassRevocation revocation = revoke(peer, ours, asking, revoked);
                return new ScaleStep(
                        size,
                        new ScaleStep.Loads(
                                new ScaleStep.Load(loaded.added(), loaded.time()), index, crl),
                        new ScaleStep.Disk(disk, presigned),
                        new ScaleStep.Start(twoProcessors, peer.startUp()),
                        new ScaleStep.Resident(atStart, live.resident(), after),
                        presigning,
                        new ScaleStep.Requests(
                                live.once(),
                                live.exhausted(),
                                rounds.median(STORED),
                                rounds.median(CACHED),
                                rounds.median(POPULAR),
                                live.unassigned(),
                                new ScaleStep.Ratios(
                                        rounds.ratio(STORED, CACHED).orElseThrow(),
                                        rounds.ratio(POPULAR, FIRST).orElse(null),
                                        rounds.ratio(STORED, AT_MILLION).orElse(null))),
                        revocation);
            } finally {
                cores.releaseDriver();
                endUnlessCompared();
            }
        }

        private void tell(String what) {
            progress.accept("%,d serials: %s".formatted(size, what));
        }

        private Corpus corpus(double revokedShare, CorpusFile... files) throws IOException {
            Files.createDirectories(folder);
            CorpusPlan corpusPlan =
                    new CorpusPlan(
                            size,
                            revokedShare,
                            SEED,
                            LocalDate.now(ZoneOffset.UTC),
                            CorpusKeyType.P256,
                            EnumSet.copyOf(Arrays.asList(files)));
            return Corpus.write(folder, corpusPlan, _ -> CorpusProgress.SILENT);
        }

        private LoadedStore load(Corpus corpus, CorpusFile kind, long records)
                throws PeerException {
            tell("loading " + kind.fileName());
            LoadedStore loaded =
                    LoadedStore.of(distribution, corpus, kind, folder.resolve(kind.toString()));
            if (loaded.added() != records) {
                throw new PeerException(
                        "%,d of %,d serials of %s were loaded"
                                .formatted(loaded.added(), records, kind.fileName()));
            }
            return loaded;
        }

        /// Into a store that is removed afterwards.
        private ScaleStep.Load loadAndForget(Corpus corpus, CorpusFile kind, long records)
                throws PeerException, IOException {
            LoadedStore loaded = load(corpus, kind, records);
            remove(folder.resolve(kind.toString()));
            if (kind != CorpusFile.CRL) {
                Files.delete(corpus.file(kind));
            }
            return new ScaleStep.Load(loaded.added(), loaded.time());
        }

        private void remove(Path directory) throws IOException {
            try (Stream<Path> tree = Files.walk(directory)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }

        private Duration startUp(PrecertOcspPeer server, CorpusRequests asking)
                throws PeerException, InterruptedException {
            try (RunningPeer peer =
                    RunningPeer.start(
                            server,
                            folder.resolve("start"),
                            cores.unpinnedServer(),
                            asking.probe())) {
                return peer.startUp();
            }
        }

        /// @param resident bytes, after all of it
        private record Live(
                Measurement once, boolean exhausted, Measurement unassigned, long resident) {}

        /// A server that signs every answer when it is requested; each serial once.
        private Live live(PrecertOcspPeer server, CorpusRequests asking)
                throws PeerException, InterruptedException {
            tell("answering live");
            try (RunningPeer peer =
                    RunningPeer.start(server, folder.resolve("live"), cores, asking.probe())) {
                cores.pinDriver();
                UniqueSerialStream.Counter counter = new UniqueSerialStream.Counter(size);
                RequestStream fresh =
                        new UniqueSerialStream(
                                asking.supply(0, size, Workload.plainGet()), counter);
                Rounds rounds =
                        rounds(
                                List.of(
                                        side(LIVE, peer, fresh, asking, FEW),
                                        side(
                                                "unassigned",
                                                peer,
                                                asking.supply(0, size, UNASSIGNED),
                                                asking,
                                                FEW)));
                return new Live(
                        rounds.median(LIVE),
                        counter.isExhausted(),
                        rounds.median("unassigned"),
                        peer.use().residentBytes());
            } finally {
                cores.releaseDriver();
            }
        }

        private ScaleStep.Load presign(PrecertOcspPeer server, CorpusRequests asking)
                throws PeerException, InterruptedException {
            tell("signing a response for each");
            long start = System.nanoTime();
            try (RunningPeer _ =
                    RunningPeer.start(
                            server,
                            folder.resolve("signing"),
                            cores.unpinnedServer(),
                            asking.probe())) {
                // One may have been signed for the probe.
                server.awaitSignedAhead(size - 1, PresignProgress.printing(size, progress)::signed);
                return new ScaleStep.Load(size, Duration.ofNanos(System.nanoTime() - start));
            }
        }

        private Rounds rounds(RunningPeer peer, CorpusRequests asking)
                throws PeerException, InterruptedException {
            List<Contestant> sides = new ArrayList<>();
            sides.add(side(STORED, peer, eachOnce(asking, size), asking, FEW));
            sides.add(side(CACHED, peer, asking.supply(0, FEW, Workload.plainGet()), asking, FEW));
            sides.add(side(POPULAR, peer, asking.supply(0, size, ZIPF), asking, FEW));
            Server first = kept.getFirst();
            if (first.size() < size) {
                sides.add(
                        side(
                                FIRST,
                                first.peer(),
                                first.asking().supply(0, first.size(), ZIPF),
                                first.asking(),
                                FEW));
            }
            for (Server server : kept) {
                if (server.size() == MILLION && size > MILLION) {
                    sides.add(
                            side(
                                    AT_MILLION,
                                    server.peer(),
                                    eachOnce(server.asking(), MILLION),
                                    server.asking(),
                                    FEW));
                }
            }
            tell("answering from disk and from memory");
            return rounds(sides);
        }

        private RequestStream eachOnce(CorpusRequests asking, long serials) {
            return new UniqueSerialStream(
                    asking.supply(0, serials, Workload.plainGet()),
                    new UniqueSerialStream.Counter(serials));
        }

        private Rounds rounds(List<Contestant> sides) throws PeerException, InterruptedException {
            ContestantComparison all =
                    new ContestantComparison(ComparisonKind.STORED, "", sides, List.of());
            return new Rounds(
                    all.run(
                                    plan.rounds(),
                                    plan.warmUp(),
                                    new HashSet<>(),
                                    plan.measured(),
                                    this::tellRound)
                            .sides());
        }

        /// Without the comparison's name, which is not that of these rounds.
        private void tellRound(String line) {
            tell(line.substring(line.indexOf(',') + 2));
        }

        private MassRevocation revoke(
                RunningPeer peer, PrecertOcspPeer ours, CorpusRequests before, Corpus revoked)
                throws PeerException, InterruptedException {
            tell("revoking one in ten of them, by CRL");
            Duration time = plan.measured();
            CorpusRequests after = CorpusRequests.about(revoked);
            Measurement good =
                    side("good", peer, before.supply(0, HOT, Workload.plainGet()), before, FEW)
                            .measure(time);
            long signed = ours.signedAhead();
            long start = System.nanoTime();
            CompletableFuture<LoadedStore> loading =
                    CompletableFuture.supplyAsync(() -> loadInto(revoked));
            Measurement worst = whileLoading(peer, before, loading);
            LoadedStore loaded = loaded(loading);
            // At once: the answers now in memory were stored there before the revocation.
            Measurement same =
                    side("same", peer, after.supply(0, HOT, Workload.plainGet()), after, EVERY)
                            .measure(time.dividedBy(3));
            // Those that a request came for first were signed for it.
            long requested =
                    worst.completed() + revoked.plan().population().revoked(Math.min(HOT, size));
            ours.awaitSignedAhead(
                    signed + loaded.changed() - requested,
                    PresignProgress.printing(signed + loaded.changed(), progress)::signed);
            Duration resigned = Duration.ofNanos(System.nanoTime() - start);
            Measurement everywhere =
                    side("all", peer, after.supply(0, size, UNIFORM), after, SOME).measure(time);
            return new MassRevocation(
                    loaded.changed(), loaded.time(), resigned, good, worst, same, everywhere);
        }

        private LoadedStore loadInto(Corpus revoked) {
            try {
                return LoadedStore.of(
                        distribution,
                        revoked,
                        CorpusFile.CRL,
                        folder.resolve(CorpusFile.CSV.toString()));
            } catch (PeerException e) {
                throw new CompletionException(e);
            }
        }

        private Measurement whileLoading(
                RunningPeer peer, CorpusRequests asking, CompletableFuture<LoadedStore> loading)
                throws PeerException, InterruptedException {
            ServerContestant side =
                    side("during", peer, asking.either(0, size, UNIFORM), asking, SOME).at(DURING);
            List<Measurement> parts = new ArrayList<>();
            do {
                parts.add(side.measure(PART));
            } while (!loading.isDone());
            Measurement worst =
                    parts.stream()
                            .max(Comparator.comparingDouble(part -> part.latency().p999()))
                            .orElseThrow();
            return worst.withFailuresOf(parts);
        }

        private static LoadedStore loaded(CompletableFuture<LoadedStore> loading)
                throws PeerException {
            try {
                return loading.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof PeerException cause) {
                    throw cause;
                }
                throw e;
            }
        }

        /// A server that no larger number is compared with ends.
        private void endUnlessCompared() {
            long largest = plan.sizes().getLast();
            kept.removeIf(
                    server -> {
                        boolean compared =
                                server.size() == plan.sizes().getFirst()
                                        || server.size() == MILLION;
                        if (!compared || size == largest) {
                            server.peer().close();
                            return true;
                        }
                        return false;
                    });
        }
    }

    /// The rounds of several sides, by name.
    private record Rounds(Map<String, List<Measurement>> sides) {
        Measurement median(String side) {
            return Measurement.median(rounds(side));
        }

        /// Round by round; empty if the other was not measured.
        Optional<MinMedianMax> ratio(String side, String other) {
            if (!sides.containsKey(other)) {
                return Optional.empty();
            }
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < rounds(side).size(); i++) {
                ratios.add(rounds(side).get(i).rate() / rounds(other).get(i).rate());
            }
            return Optional.of(MinMedianMax.of(ratios));
        }

        private List<Measurement> rounds(String side) {
            @Nullable List<Measurement> all = sides.get(side);
            if (all == null) {
                throw new IllegalStateException("no side " + side);
            }
            return all;
        }
    }
}
