package org.precertocsp.responder.cluster;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.answer.AnswerLease;
import org.precertocsp.responder.cluster.Authority.Fate;
import org.precertocsp.responder.cluster.Authority.Standing;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Change;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.ClusterRecord.Part;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.Seal;
import org.precertocsp.responder.cluster.EdgeReports.DurableChange;
import org.precertocsp.responder.cluster.Lease.Moment;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;
import org.precertocsp.responder.cluster.StatusLog.AppendInDoubtException;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.ForwardingChangeSet;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoredRow;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An authority at work, active or standby. Thread-safe.
///
/// A set of changes is judged on the store as on a single node; its commit appends the rows to the
/// log and returns once this node has read them back, by which time its [Follower] has written them
/// and their change epochs have advanced. Since the next set begins after that, one change is
/// outstanding at a time.
///
/// If nobody knows whether a change is in the log, the authority claims again and reads on: what it
/// reads before that claim counts, what comes behind it never will. Until then the commit waits,
/// and no other set begins. A commit that waits too long fails, and its set may still take effect:
/// the mark that the audit log leaves in each set tells, when the next one begins.
///
/// Each second it appends a beat, with the newest nonce of each edge; the first one as soon as it
/// knows the generation of the log. It claims if it has read a beat of its own in this process, so
/// that it is not behind, and the holder is silent, or there is none, or the holder is an earlier
/// process of the same name.
public final class ClusterAuthority implements StatusWriter, AutoCloseable {
    /// @param beatEvery how often it appends a beat
    /// @param readBack how long a change may take until it is read back, before it is in doubt; it
    ///   begins anew while this node reads and writes what is before it in the log
    /// @param settle how long a commit waits after that, with the same exception
    /// @param silence after which the holder of the epoch is replaced
    /// @param takeover false if an operator says when
    /// @param maxStaleness *S*
    record Times(
            Duration beatEvery,
            Duration readBack,
            Duration settle,
            Duration silence,
            boolean takeover,
            Duration maxStaleness) {
        static Times of(boolean takeover, Duration maxStaleness) {
            return new Times(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(10),
                    takeover,
                    maxStaleness);
        }
    }

    /// Waits for the fate of a change, on the clock of this node; empty if it is not known in time.
    @FunctionalInterface
    interface FateWait {
        Optional<Fate> await(CompletableFuture<Fate> outcome, Duration wait);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ClusterAuthority.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Of the rows in one record: beside them it has a head, counts and a signature.
    private static final int ROWS_BYTES = ClusterRecord.MAX_BYTES - 512;

    /// Bytes of a row beside its key and value, at most.
    private static final int ROW_HEAD = 1 + 2 + 5;

    private static final int MAX_BEATS = 64;
    private static final Duration REPORT_WAIT = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final NodeSigner signer;
    // Of reports.
    private volatile RecordOpener verifier;
    private final ClusterRules rules;
    private final StatusLog status;
    private final StatusLog reportLog;
    private final ReplicatedStore store;
    private final CurrentLease lease;
    private final InstantSource clock;
    private final Times times;
    private final RowScrub scrub;
    private final RowComparison comparison;
    private final FateWait fates;
    private final int rowsBytes;
    private final Follower follower;

    // All below is guarded by this object.
    private ReaderPosition at = ReaderPosition.START;
    private Authority authority;
    private CompletableFuture<Fate> fate = CompletableFuture.completedFuture(Fate.DURABLE);
    private HolderWatch watch;
    private EdgeReports reports;
    private EchoedEdges echoed = new EchoedEdges();
    private ByteString noted = ByteString.of();
    private final Set<String> unlisted = new HashSet<>();
    private boolean current;
    private long nextClaimNanos;
    private boolean ordered;
    private long sentNanos;
    private final Map<ByteString, Moment> beats = new LinkedHashMap<>();
    // Durable and not effective, oldest first.
    private final Deque<DurableChange> pending = new ArrayDeque<>();
    private long effective;
    private final TreeMap<Long, CompletableFuture<Long>> waiting = new TreeMap<>();

    private long reportOffset = -1;
    private Runnable wakeBeats = () -> {};
    private final List<BackgroundTasks.Task> running = new ArrayList<>();

    /// @param status the status log; not closed by this object
    /// @param reportLog the log of reports; not closed by this object
    /// @param roster the edges that a change waits for
    /// @param lease also this node's clocks
    /// @param scrubEvery the same on all nodes
    ClusterAuthority(
            NodeSigner signer,
            RecordOpener verifier,
            ClusterRules rules,
            StatusLog status,
            StatusLog reportLog,
            ReplicatedStore store,
            Set<String> roster,
            CurrentLease lease,
            InstantSource clock,
            Times times,
            Duration scrubEvery) {
        this(
                signer,
                verifier,
                rules,
                status,
                reportLog,
                store,
                roster,
                lease,
                clock,
                times,
                scrubEvery,
                ClusterAuthority::await,
                ROWS_BYTES);
    }

    /// @param fates how commits wait
    /// @param rowsBytes of the rows in one record, at most
    ClusterAuthority(
            NodeSigner signer,
            RecordOpener verifier,
            ClusterRules rules,
            StatusLog status,
            StatusLog reportLog,
            ReplicatedStore store,
            Set<String> roster,
            CurrentLease lease,
            InstantSource clock,
            Times times,
            Duration scrubEvery,
            FateWait fates,
            int rowsBytes) {
        this.fates = fates;
        this.rowsBytes = rowsBytes;
        this.signer = signer;
        this.verifier = verifier;
        this.rules = rules;
        this.status = status;
        this.reportLog = reportLog;
        this.store = store;
        this.lease = lease;
        this.clock = clock;
        this.times = times;
        this.authority = Authority.start(rules, signer.name(), at);
        this.watch = HolderWatch.from(now());
        this.nextClaimNanos = now();
        this.reports = EdgeReports.none(roster);
        this.scrub = new RowScrub(signer, reportLog, store, scrubEvery);
        this.comparison = new RowComparison(signer.name());
        this.follower = new Follower(status, verifier, rules, store, signer.name(), new Reading());
    }

    /// Starts an authority.
    ///
    /// @param key this node's cluster key
    /// @param status the status log; not closed by this object, as the others
    /// @param reports the log of reports
    public static ClusterAuthority start(
            ClusterConfig config,
            PrivateKey key,
            StatusLog status,
            StatusLog reports,
            ReplicatedStore store,
            BackgroundTasks tasks,
            InstantSource clock) {
        ClusterAuthority authority =
                new ClusterAuthority(
                        new RecordSigner(config.name(), key),
                        new RecordVerifier(config.authorityKeys(), config.edgeKeys()),
                        ClusterRules.CONTRACT,
                        status,
                        reports,
                        store,
                        config.roster(),
                        CurrentLease.ofSystem(config.maxStaleness()),
                        clock,
                        Times.of(
                                config.takeover() == ClusterConfig.Takeover.AUTO,
                                config.maxStaleness()),
                        RowScrub.EVERY);
        authority.start(tasks);
        return authority;
    }

    /// @throws StoreException what an earlier process has noted cannot be read or replaced
    void start(BackgroundTasks tasks) {
        Optional<ByteString> before = store.note();
        boolean hasRead = store.position().isPresent();
        synchronized (this) {
            echoed = EchoedEdges.ofEarlierProcess(before, hasRead, now());
            note();
        }
        // Before the follower, which wakes it.
        BackgroundTasks.Task beats =
                tasks.required().every("cluster-beats", times.beatEvery(), this::beat);
        wakeBeats = beats::wake;
        running.add(beats);
        running.add(tasks.required().thread("cluster-follower", follower::round));
        running.add(tasks.thread("cluster-reports", this::readReports));
        running.add(tasks.thread("cluster-scrub", scrub::round));
    }

    /// Replaces the roster: the edges that are echoed from now on, and for whose reports changes
    /// wait. A retired edge keeps its lease for a while: so long no change is effective by reports,
    /// see [EchoedEdges].
    ///
    /// @param edges their keys by name
    /// @return in words for an operator, what has changed; empty if nothing has
    /// @throws StoreException the previous roster stays
    public synchronized List<String> replaceRoster(Map<String, PublicKey> edges) {
        Set<String> before = reports.roster();
        List<String> changes = new ArrayList<>();
        edges.keySet().stream()
                .filter(name -> !before.contains(name))
                .sorted()
                .forEach(name -> changes.add("edge %s is added".formatted(name)));
        before.stream()
                .filter(name -> !edges.containsKey(name))
                .sorted()
                .forEach(name -> changes.add("edge %s is retired".formatted(name)));
        RecordOpener next = verifier.withEdges(edges);
        // Before any of them is echoed.
        store.keepNote(echoed.note(edges.keySet()));
        noted = echoed.note(edges.keySet());
        verifier = next;
        reports = reports.on(edges.keySet());
        unlisted.removeAll(edges.keySet());
        if (isOtherEdgeLeased(now())) {
            changes.add(
                    "until the lease of an edge that is not on the roster has ended, changes are"
                            + " effective %d s after they are durable, and not before"
                                    .formatted(
                                            rules.effectiveAfter(times.maxStaleness())
                                                    .toSeconds()));
        }
        return changes;
    }

    private boolean isOtherEdgeLeased(long now) {
        return echoed.isAnyBeside(
                reports.roster(), now, rules.effectiveAfter(times.maxStaleness()));
    }

    /// Notes for the next process which edges may have a lease, if that has changed.
    private synchronized void note() {
        ByteString note = echoed.note(reports.roster());
        if (!note.equals(noted)) {
            store.keepNote(note);
            noted = note;
        }
    }

    /// Stops to take part. Sets still open can only be closed.
    @Override
    public void close() {
        scrub.close();
        BackgroundTasks.closeAll(running);
        follower.close();
    }

    /// Waits until it is known which changes of earlier processes of this node took effect, and the
    /// store has them: this node has read what was in the log, and either holds an epoch or another
    /// authority does. So an audit log that is opened afterwards finds its newest set, or it never
    /// counts.
    ///
    /// @return false if that is not known in time
    public boolean awaitSettled(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (this) {
            while (!isSettled()) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    return false;
                }
                wait(Math.min(millis, 100));
            }
        }
        return true;
    }

    private boolean isSettled() {
        return current
                && (isActive()
                        || at.holder().filter(name -> !name.equals(signer.name())).isPresent());
    }

    private long now() {
        return lease.now().nanos();
    }

    /// This node's own right to answer from its store.
    public AnswerLease lease() {
        return lease;
    }

    CurrentLease currentLease() {
        return lease;
    }

    /// Why this node does not follow the log, for readiness; or empty.
    public Optional<String> problem() {
        return follower.problem();
    }

    /// How this authority follows the log, for metrics; a snapshot.
    public FollowerState state() {
        return follower.state();
    }

    /// How its rows compare with those of other nodes.
    public RowComparison rows() {
        return comparison;
    }

    Follower follower() {
        return follower;
    }

    /// The authority that takes changes, as far as this one has read; empty if there is none.
    public synchronized Optional<String> holder() {
        return at.holder();
    }

    /// Whether it takes changes.
    public synchronized boolean isActive() {
        return authority.standing() instanceof Standing.Active;
    }

    /// Whether it publishes the responses that it signs, as one authority should: it takes changes,
    /// or the one that does is silent.
    public synchronized boolean publishesResponses() {
        return isActive() || watch.isSilent(times.silence());
    }

    /// What an operator's order to take over came to.
    ///
    /// @param active whether this authority takes changes now
    /// @param what a text for people
    public record ClaimResult(boolean active, String what) {}

    /// An operator orders this authority to take over. Blocks until it has, or cannot.
    ///
    /// The order ends with this call: what could not be done in time is not done later, unless the
    /// claim is on its way.
    ///
    /// @param atMost how long to wait
    public ClaimResult claim(Duration atMost) throws InterruptedException {
        Optional<String> objection;
        long before;
        synchronized (this) {
            objection = objectionToClaim();
            before = at.epoch();
            ordered = objection.isEmpty();
        }
        if (objection.isPresent()) {
            return new ClaimResult(false, objection.get());
        }
        claimIfDue();
        return awaitClaim(before, atMost);
    }

    /// Why it cannot claim now, or empty.
    public synchronized Optional<String> objectionToClaim() {
        if (isActive()) {
            return Optional.of("it takes changes already, in epoch %d".formatted(at.epoch()));
        }
        Optional<String> behind = follower.problem();
        if (behind.isPresent()) {
            return behind;
        }
        // What it reads is current only if it reads what it wrote just now.
        return !current || !watch.isCurrent(now(), times.silence())
                ? Optional.of(
                        ("it has not caught up with the log: it has read change %d of epoch %d, and"
                                        + " %d records remain, as far as it knows")
                                .formatted(at.sequence(), at.epoch(), follower.behind()))
                : Optional.empty();
    }

    private ClaimResult awaitClaim(long before, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (this) {
            while (true) {
                if (isActive()) {
                    return new ClaimResult(
                            true, "takes changes, in epoch %d".formatted(at.epoch()));
                }
                if (at.epoch() > before && at.holder().isPresent()) {
                    ordered = false;
                    return new ClaimResult(
                            false,
                            "%s claimed at the same time, and was first: it takes changes in epoch %d"
                                    .formatted(at.holder().get(), at.epoch()));
                }
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    boolean sent = !ordered;
                    ordered = false;
                    return new ClaimResult(
                            false,
                            sent
                                    ? "its claim was not read back within %d s; it may still count: see"
                                                    .formatted(atMost.toSeconds())
                                            + " cluster status, and claim again if it does not"
                                    : "it could not claim within %d s"
                                            .formatted(atMost.toSeconds()));
                }
                wait(Math.min(millis, 100));
            }
        }
    }

    /// As [#claim], without waiting.
    synchronized void order() {
        ordered = true;
    }

    // Writing.

    @Override
    public ChangeSet begin(ChangeSource source) {
        return tryBegin(source, Duration.ofHours(1))
                .orElseThrow(
                        () -> new StoreException("another load has been writing for 1 h", null));
    }

    @Override
    public Optional<ChangeSet> tryBegin(ChangeSource source, Duration patience) {
        refuseUnlessActive();
        Optional<ReplicatedStore.RowSet> set = store.tryBegin(source, patience);
        if (set.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(begun(set.get()));
        } catch (StoreException e) {
            set.get().close();
            throw e;
        }
    }

    private synchronized void refuseUnlessActive() {
        if (follower.isLost()) {
            throw new StoreException(
                    "the log of the cluster has lost records that were read: see cluster recover",
                    null);
        }
        if (authority.writableEpoch(rules).isEmpty() && authority.outstanding().isEmpty()) {
            throw new StoreException(
                    at.holder().isPresent() && !at.holder().get().equals(signer.name())
                            ? "this authority is a standby, %s takes changes"
                                    .formatted(at.holder().get())
                            : "no authority takes changes at the moment",
                    null);
        }
    }

    private synchronized ChangeSet begun(ReplicatedStore.RowSet set) {
        refuseUnlessActive();
        long epoch =
                authority
                        .writableEpoch(rules)
                        .orElseThrow(
                                () ->
                                        new StoreException(
                                                "it is not known yet whether the last set of"
                                                        + " changes took effect",
                                                null));
        return new AppendedSet(set, epoch, at.sequence());
    }

    /// The newest change that this authority knows to be durable.
    public synchronized long newest() {
        return at.sequence();
    }

    /// Completed with the sequence once that change, and so all before it, is effective.
    public synchronized CompletableFuture<Long> effective(long sequence) {
        return sequence <= effective
                ? CompletableFuture.completedFuture(sequence)
                : waiting.computeIfAbsent(sequence, _ -> new CompletableFuture<>());
    }

    /// A set of changes whose commit appends it.
    private final class AppendedSet implements ForwardingChangeSet {
        private final ReplicatedStore.RowSet set;
        private final long epoch;
        private final long before;

        AppendedSet(ReplicatedStore.RowSet set, long epoch, long before) {
            this.set = set;
            this.epoch = epoch;
            this.before = before;
        }

        @Override
        public ChangeSet set() {
            return set;
        }

        @Override
        public void commit() {
            Iterator<List<StoredRow>> records = new RecordRows(set.prepare(), rowsBytes);
            if (records.hasNext()) {
                append(records, epoch, before);
            }
        }
    }

    /// Appends rows as one change, and waits until this node has read it back.
    ///
    /// @param before the change on which they were judged
    private void append(Iterator<List<StoredRow>> records, long epoch, long before) {
        List<StoredRow> first = records.next();
        boolean whole = !records.hasNext();
        CompletableFuture<Fate> outcome;
        Change change;
        ByteString head;
        synchronized (this) {
            if (!authority.writableEpoch(rules).equals(Optional.of(epoch))
                    || at.sequence() != before) {
                throw new StoreException("another authority has taken over", null);
            }
            head = at.head();
            change =
                    whole
                            ? authority.envelope(rules, at, first)
                            : new Part(signer.name(), at.generation(), epoch, before + 1, 1, first);
            authority = authority.appending(change);
            fate = new CompletableFuture<>();
            outcome = fate;
            sentNanos = now();
        }
        boolean sent = false;
        try {
            if (whole) {
                status.append(signer.sign(change));
            } else {
                appendParts(change, records, head, outcome);
            }
            sent = true;
        } catch (AppendInDoubtException e) {
            LOG.warn("a change may not have been appended: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Also if a row was too large or could not be read.
            if (!sent) {
                doubt();
            }
        }
        await(outcome);
    }

    private void appendParts(
            Change first,
            Iterator<List<StoredRow>> records,
            ByteString head,
            CompletableFuture<Fate> outcome)
            throws AppendInDoubtException, InterruptedException {
        ReaderPosition.Staged staged = ReaderPosition.Staged.NONE;
        Change part = first;
        while (true) {
            ByteString signed = signer.sign(part);
            staged = staged.with(digest(signed));
            status.append(signed);
            if (outcome.isDone()) {
                // Another authority has taken over.
                return;
            }
            if (!records.hasNext()) {
                break;
            }
            part =
                    new Part(
                            signer.name(),
                            first.generation(),
                            first.epoch(),
                            first.sequence(),
                            staged.parts() + 1,
                            records.next());
        }
        status.append(
                signer.sign(
                        new Seal(
                                signer.name(),
                                first.generation(),
                                first.epoch(),
                                first.sequence(),
                                head,
                                staged.digest())));
    }

    /// As [RecordVerifier] has it.
    private static ByteString digest(ByteString signed) {
        byte[] bytes = signed.toArray();
        return HashAlgorithm.SHA256.hash(
                ByteString.of(bytes, 0, bytes.length - RecordVerifier.SIGNATURE_BYTES));
    }

    /// Rows in lists that each fit into a record.
    private static final class RecordRows implements Iterator<List<StoredRow>> {
        private final Iterator<StoredRow> rows;
        private final int bytes;
        private @Nullable StoredRow next;

        RecordRows(Iterator<StoredRow> rows, int bytes) {
            this.rows = rows;
            this.bytes = bytes;
            this.next = rows.hasNext() ? rows.next() : null;
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public List<StoredRow> next() {
            List<StoredRow> list = new ArrayList<>();
            int room = bytes;
            while (next != null && (list.isEmpty() || bytes(next) <= room)) {
                room -= bytes(next);
                list.add(next);
                next = rows.hasNext() ? rows.next() : null;
            }
            if (list.isEmpty()) {
                throw new NoSuchElementException();
            }
            if (room < 0) {
                throw new StoreException(
                        "a row of %d bytes does not fit into a record of the cluster"
                                .formatted(bytes - room),
                        null);
            }
            return list;
        }

        private static int bytes(StoredRow row) {
            return ROW_HEAD + row.key().length() + row.value().map(ByteString::length).orElse(0);
        }
    }

    private void await(CompletableFuture<Fate> outcome) {
        Optional<Fate> known = awaitWhileReading(outcome, times.readBack());
        if (known.isEmpty()) {
            LOG.warn("a change was not read back within {}", times.readBack());
            doubt();
            known = awaitWhileReading(outcome, times.settle());
        }
        if (known.isEmpty()) {
            throw new StoreException(
                    "the log of the cluster does not answer: the changes may take effect, or not",
                    null);
        }
        if (known.get() == Fate.NEVER) {
            throw new StoreException(
                    "the log of the cluster did not take the changes: nothing took effect", null);
        }
    }

    /// Waits for the fate of a change, and once more whenever this node was at work meanwhile on
    /// what was in the log when this was called: a large set takes its time, and what is slow is
    /// not in doubt.
    private Optional<Fate> awaitWhileReading(CompletableFuture<Fate> outcome, Duration wait) {
        long appended = follower.looks();
        boolean reads = true;
        Optional<Fate> known = Optional.empty();
        while (known.isEmpty() && reads && !Thread.currentThread().isInterrupted()) {
            long steps = follower.steps();
            known = fates.await(outcome, wait);
            reads =
                    !follower.hasReadAllSince(appended)
                            && (follower.isWriting() || follower.steps() != steps);
        }
        return known;
    }

    private static Optional<Fate> await(CompletableFuture<Fate> outcome, Duration wait) {
        try {
            return Optional.of(outcome.get(wait.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Gives the epoch up, and claims another one, unless the fate of the change is known by now.
    private void doubt() {
        synchronized (this) {
            if (authority.outstanding().isEmpty()) {
                return;
            }
            authority = authority.doubting(rules);
            nextClaimNanos = now();
        }
        claimIfDue();
    }

    // Reading.

    private final class Reading implements Follower.Listener {
        @Override
        public void loaded(ReaderPosition from) {
            load(from);
        }

        @Override
        public void read(ReadResult result, Opened record) {
            ClusterAuthority.this.read(result, record);
        }

        @Override
        public boolean isDue(ReaderPosition position, Beat beat) {
            return scrub.isDue(position, beat);
        }

        @Override
        public void freeze(ReaderPosition position) {
            scrub.freeze(position);
        }
    }

    /// When an earlier process read the newest change is not known: it counts as read now. Before
    /// the first one there is nothing that edges could report.
    private synchronized void load(ReaderPosition from) {
        at = from;
        if (from.generation() > 0) {
            wakeBeats.run();
        }
        if (from.sequence() > 0
                && (pending.isEmpty() || pending.getLast().sequence() < from.sequence())) {
            pending.add(new DurableChange(from.generation(), from.sequence(), now(), now()));
        }
    }

    private void read(ReadResult result, Opened record) {
        CompletableFuture<Fate> settled = null;
        Optional<Fate> known;
        List<Map.Entry<Long, CompletableFuture<Long>>> done;
        synchronized (this) {
            long now = now();
            at = result.position();
            Authority.Step step = authority.reading(rules, result);
            authority = step.next();
            known = step.fate();
            if (known.isPresent()) {
                settled = fate;
            }
            switch (result) {
                case ReadResult.Counted counted -> {
                    heard(counted.change().writer(), now);
                    long sent = known.isPresent() ? sentNanos : now;
                    pending.add(new DurableChange(at.generation(), at.sequence(), sent, now));
                }
                case ReadResult.Staged staged -> heard(staged.part().writer(), now);
                case ReadResult.Claimed _ -> watch = HolderWatch.from(now);
                case ReadResult.Begun _ -> {
                    watch = HolderWatch.from(now);
                    current = false;
                    wakeBeats.run();
                }
                case ReadResult.Beaten(ReaderPosition _, Beat beat) -> beaten(beat, record, now);
                case ReadResult.Ignored _, ReadResult.Stopped _ -> {
                    // Nothing of the holder.
                }
            }
            done = effectiveNow(now);
        }
        if (settled != null) {
            settled.complete(known.orElseThrow());
        }
        done.forEach(entry -> entry.getValue().complete(entry.getKey()));
    }

    private void heard(String writer, long now) {
        if (at.holder().filter(writer::equals).isPresent()) {
            watch = watch.readHolder(now);
        }
    }

    private void beaten(Beat beat, Opened record, long now) {
        heard(beat.writer(), now);
        for (Echo echo : beat.echoes()) {
            echoed.read(echo.edge(), now);
            if (!reports.roster().contains(echo.edge()) && unlisted.add(echo.edge())) {
                LOG.warn(
                        "authority {} echoes edge {}, which is not on this one's roster: until both"
                                + " have the same, no change is effective before the time that a"
                                + " lease may last",
                        beat.writer(),
                        echo.edge());
            }
        }
        if (record instanceof Opened.Genuine(ClusterRecord _, ByteString digest)) {
            @Nullable Moment sent = beats.remove(digest);
            if (sent != null) {
                if (!current) {
                    // It may claim now.
                    wakeBeats.run();
                }
                current = true;
                watch = watch.readOwnBeat(sent.nanos());
                lease.readOwn(sent);
            }
        }
    }

    /// Removes what is effective from the list.
    private List<Map.Entry<Long, CompletableFuture<Long>>> effectiveNow(long now) {
        List<Map.Entry<Long, CompletableFuture<Long>>> done = new ArrayList<>();
        boolean others = !pending.isEmpty() && isOtherEdgeLeased(now);
        while (!pending.isEmpty()
                && (others
                        ? EdgeReports.hasOutlived(
                                rules, pending.getFirst(), now, times.maxStaleness())
                        : reports.isEffective(
                                rules, pending.getFirst(), now, times.maxStaleness()))) {
            effective = pending.removeFirst().sequence();
        }
        while (!waiting.isEmpty() && waiting.firstKey() <= effective) {
            done.add(waiting.pollFirstEntry());
        }
        return done;
    }

    // Beats and claims.

    void beat() throws InterruptedException {
        List<Map.Entry<Long, CompletableFuture<Long>>> done;
        synchronized (this) {
            done = effectiveNow(now());
        }
        done.forEach(entry -> entry.getValue().complete(entry.getKey()));
        note();
        if (follower.stopped().isPresent() || follower.isLost()) {
            return;
        }
        claimIfDue();
        ByteString signed;
        synchronized (this) {
            if (at.generation() == 0) {
                return;
            }
            Instant time = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            signed =
                    signer.sign(
                            new Beat(
                                    signer.name(),
                                    at.generation(),
                                    at.sequence(),
                                    at.head(),
                                    time,
                                    reports.echoes()));
            if (beats.size() == MAX_BEATS) {
                beats.remove(beats.keySet().iterator().next());
            }
            beats.put(digest(signed), lease.now());
        }
        try {
            status.append(signed);
        } catch (AppendInDoubtException e) {
            LOG.debug("a beat may be lost, another one follows: {}", e.getMessage());
        }
    }

    private void claimIfDue() {
        Claim claim;
        synchronized (this) {
            long now = now();
            if (!mayClaim(now)) {
                return;
            }
            byte[] nonce = new byte[ClusterRecord.NONCE_BYTES];
            RANDOM.nextBytes(nonce);
            claim = authority.claim(at, ByteString.of(nonce));
            authority = authority.claiming(claim);
            nextClaimNanos = now + times.readBack().toNanos();
            ordered = false;
        }
        LOG.info("claims epoch {}", claim.epoch());
        try {
            status.append(signer.sign(claim));
        } catch (AppendInDoubtException e) {
            LOG.warn("a claim may be lost: {}", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean mayClaim(long now) {
        if (authority.standing() instanceof Standing.Active
                || !current
                || follower.isLost()
                || now - nextClaimNanos < 0) {
            return false;
        }
        boolean own = at.holder().filter(name -> !name.equals(signer.name())).isEmpty();
        return own || ordered || (times.takeover() && watch.isSilent(times.silence()));
    }

    // Reports of edges.

    Duration readReports() throws InterruptedException {
        StatusLog.Tail tail;
        try {
            tail = reportLog.tail(reportOffset < 0 ? Long.MAX_VALUE : reportOffset, REPORT_WAIT);
        } catch (LogUnavailableException e) {
            LOG.debug("reports cannot be read: {}", e.getMessage());
            return PAUSE;
        }
        boolean outside =
                tail.records().isEmpty()
                        && (reportOffset < tail.first() || reportOffset > tail.end());
        // What was reported before this process began is not needed.
        reportOffset = outside ? tail.end() : tail.next();
        List<Map.Entry<Long, CompletableFuture<Long>>> done;
        synchronized (this) {
            for (ByteString record : tail.records()) {
                if (verifier.open(record)
                        instanceof Opened.Genuine(ClusterRecord genuine, ByteString _)) {
                    if (genuine instanceof Report report) {
                        reports = reports.with(report);
                    } else if (genuine instanceof ClusterRecord.RowDigests digests) {
                        comparison.add(digests);
                    }
                }
            }
            done = effectiveNow(now());
        }
        done.forEach(entry -> entry.getValue().complete(entry.getKey()));
        return Duration.ZERO;
    }
}
