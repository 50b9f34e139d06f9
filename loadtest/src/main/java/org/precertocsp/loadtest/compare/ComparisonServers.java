package org.precertocsp.loadtest.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusPlan;
import org.precertocsp.loadtest.corpus.CorpusProgress;
import org.precertocsp.loadtest.peers.CfsslPeer;
import org.precertocsp.loadtest.peers.CorpusRequests;
import org.precertocsp.loadtest.peers.CpuPinning;
import org.precertocsp.loadtest.peers.InstalledProgram;
import org.precertocsp.loadtest.peers.LoadedStore;
import org.precertocsp.loadtest.peers.NginxPeer;
import org.precertocsp.loadtest.peers.OpensslPeer;
import org.precertocsp.loadtest.peers.Peer;
import org.precertocsp.loadtest.peers.PeerException;
import org.precertocsp.loadtest.peers.PrecertOcspDistribution;
import org.precertocsp.loadtest.peers.PrecertOcspPeer;
import org.precertocsp.loadtest.peers.RawHttpExchange;
import org.precertocsp.loadtest.peers.RunningPeer;

/// The servers of a comparison: each started on first use, all ended by [#close()]. An idle one
/// takes no processor time from the one that is measured. For one thread.
final class ComparisonServers implements AutoCloseable {
    private static final double NANOS = 1e9;

    private final ComparisonPlan plan;
    private final CpuPinning cores;
    private final PrecertOcspDistribution distribution;
    private final Prepared prepared;
    private final CorpusRequests asking;
    private final Consumer<String> progress;
    private final Map<String, RunningPeer> running = new LinkedHashMap<>();
    private final Map<String, String> missing = new LinkedHashMap<>();
    private final List<String> remarks = new ArrayList<>();
    private @Nullable Presigned presigned;

    /// The files on disk before the first server starts.
    ///
    /// @param corpus with all serials
    /// @param small its first serials, for a peer that keeps all of them in memory as text
    /// @param store of precert-ocsp, loaded with the whole corpus
    /// @param coldStore the same, for servers that have just started
    record Prepared(Corpus corpus, Corpus small, Path store, Path coldStore) {}

    /// A store with a signed response for each of its serials.
    ///
    /// @param coldStore the same, for servers that have just started
    private record Presigned(Corpus corpus, Path store, Path coldStore) {}

    ComparisonServers(
            ComparisonPlan plan,
            CpuPinning cores,
            PrecertOcspDistribution distribution,
            Prepared prepared,
            Consumer<String> progress)
            throws PeerException {
        this.plan = plan;
        this.cores = cores;
        this.distribution = distribution;
        this.prepared = prepared;
        this.asking = CorpusRequests.about(prepared.corpus());
        this.progress = progress;
    }

    CorpusRequests asking() {
        return asking;
    }

    Corpus corpus() {
        return prepared.corpus();
    }

    /// The number of serials that `openssl ocsp` has.
    long smallSerials() {
        return prepared.small().plan().serials();
    }

    CpuPinning cores() {
        return cores;
    }

    RunningPeer ours() throws PeerException, InterruptedException {
        return started(ours(prepared.store()), "ours");
    }

    /// Another of ours, just started, with a store of its own and nothing in memory.
    RunningPeer coldOurs() throws PeerException, InterruptedException {
        return start(ours(prepared.coldStore()), "cold-ours");
    }

    private PrecertOcspPeer ours(Path store) throws PeerException {
        return PrecertOcspPeer.of(distribution, prepared.corpus(), store, "none");
    }

    /// One of ours that has a signed response on disk for each of the first serials.
    RunningPeer stored() throws PeerException, InterruptedException {
        return started(stored(presigned().store()), "stored");
    }

    /// Another of those, just started.
    RunningPeer coldStored() throws PeerException, InterruptedException {
        return start(stored(presigned().coldStore()), "cold-stored");
    }

    private PrecertOcspPeer stored(Path store) throws PeerException, InterruptedException {
        return PrecertOcspPeer.of(distribution, presigned().corpus(), store, "all");
    }

    private Presigned presigned() throws PeerException, InterruptedException {
        Presigned already = presigned;
        if (already != null) {
            return already;
        }
        try {
            Presigned fresh = presign();
            presigned = fresh;
            return fresh;
        } catch (IOException e) {
            throw new PeerException("preparing signed responses: " + e.getMessage(), e);
        }
    }

    /// Signs on all processors.
    private Presigned presign() throws PeerException, IOException, InterruptedException {
        long serials = plan.storedSerials();
        Path folder = plan.work().resolve("presigned");
        CorpusPlan all = prepared.corpus().plan();
        Corpus corpus =
                Corpus.write(
                        folder.resolve("corpus"),
                        new CorpusPlan(
                                serials,
                                all.revokedShare(),
                                all.seed(),
                                all.date(),
                                all.keys(),
                                EnumSet.of(CorpusFile.CSV)),
                        _ -> CorpusProgress.SILENT);
        LoadedStore loaded =
                LoadedStore.of(distribution, corpus, CorpusFile.CSV, folder.resolve("loaded"));
        PrecertOcspPeer signing = PrecertOcspPeer.of(distribution, corpus, loaded.store(), "all");
        progress.accept("signing %,d responses ahead …".formatted(serials));
        cores.releaseDriver();
        long start = System.nanoTime();
        try (RunningPeer _ =
                RunningPeer.start(
                        signing,
                        folder.resolve("signing"),
                        cores.unpinnedServer(),
                        asking.probe())) {
            // One may have been signed for the probe.
            signing.awaitSignedAhead(
                    serials - 1, PresignProgress.printing(serials, progress)::signed);
        } finally {
            cores.pinDriver();
        }
        remarks.add(
                "%,d responses were signed ahead in %.1f s, on two processors"
                        .formatted(serials, (System.nanoTime() - start) / NANOS));
        Path cold = loaded.copyTo(folder.resolve("cold"));
        return new Presigned(corpus, loaded.store(), cold);
    }

    /// Empty if nginx is not installed.
    Optional<RunningPeer> nginx(NginxPeer.Source source)
            throws PeerException, InterruptedException {
        Optional<InstalledProgram> program =
                installed("nginx", "nginx-light", NginxPeer::installed);
        if (program.isEmpty()) {
            return Optional.empty();
        }
        String key = "nginx-" + source;
        RunningPeer already = running.get(key);
        if (already != null) {
            return Optional.of(already);
        }
        RawHttpExchange ours = asking.first(ours());
        NginxPeer unfilled = new NginxPeer(program.get(), source, ours, 0);
        RawHttpExchange plain;
        try (RunningPeer trial = start(unfilled, key + "-trial")) {
            plain = asking.first(trial);
        }
        RunningPeer peer = started(unfilled.filled(plain), key);
        int difference = asking.first(peer).length() - ours.length();
        if (difference != 0) {
            remarks.add(
                    "%s sends %+d bytes compared with our %d"
                            .formatted(peer.name(), difference, ours.length()));
        }
        return Optional.of(peer);
    }

    /// Empty if cfssl is not installed.
    Optional<RunningPeer> cfssl() throws PeerException, InterruptedException {
        Optional<InstalledProgram> program =
                installed("cfssl", "golang-cfssl", CfsslPeer::installed);
        if (program.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                started(
                        new CfsslPeer(program.get(), asking.responses(ours(), plan.hot())),
                        "cfssl"));
    }

    /// Empty if openssl is not installed.
    Optional<RunningPeer> openssl() throws PeerException, InterruptedException {
        Optional<InstalledProgram> program =
                installed("openssl", "openssl", OpensslPeer::installed);
        if (program.isEmpty()) {
            return Optional.empty();
        }
        RunningPeer peer = started(new OpensslPeer(program.get(), prepared.small()), "openssl");
        remarks.add("openssl ocsp cannot be bound to an address: it listened on all of them");
        return Optional.of(peer);
    }

    /// Empty if wrk is not installed.
    Optional<InstalledProgram> wrk() {
        return installed("wrk", "wrk", WrkContestant::installed);
    }

    private Optional<InstalledProgram> installed(
            String name, String debianPackage, Supplier<Optional<InstalledProgram>> search) {
        Optional<InstalledProgram> program = search.get();
        if (program.isEmpty()) {
            missing.put(name, "not installed (Debian: %s, or .ci/setup)".formatted(debianPackage));
        }
        return program;
    }

    private RunningPeer started(Peer peer, String key) throws PeerException, InterruptedException {
        RunningPeer already = running.get(key);
        if (already != null) {
            return already;
        }
        RunningPeer started = start(peer, key);
        running.put(key, started);
        return started;
    }

    private RunningPeer start(Peer peer, String folder) throws PeerException, InterruptedException {
        byte[] probe = peer instanceof CfsslPeer ? asking.postProbe() : asking.probe();
        return RunningPeer.start(peer, plan.work().resolve(folder), cores, probe);
    }

    /// Programs that are not on this machine, with the remedy.
    Map<String, String> missing() {
        return missing;
    }

    List<String> remarks() {
        return remarks;
    }

    /// Names and versions of the servers that were started.
    Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        for (RunningPeer peer : running.values()) {
            versions.put(peer.name(), peer.peer().version());
        }
        return versions;
    }

    @Override
    public void close() {
        running.values().forEach(RunningPeer::close);
    }
}
