package org.precertocsp.responder.cluster;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.cluster.Authority.Fate;
import org.precertocsp.responder.cluster.ClusterHistory.Event;
import org.precertocsp.responder.cluster.ClusterHistory.Kind;
import org.precertocsp.responder.cluster.ClusterHistory.Said;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoredRow;
import org.precertocsp.responder.status.TestChanges;

/// Two authorities and two edges, the real ones ([ClusterAuthority], [ClusterEdge], [Follower],
/// [CurrentLease]), in a world made of a seed: the log, the network, the clocks, the disks and when
/// each thread gets its turn. Nothing runs at the same time, no clock of this machine is read, and
/// no thread sleeps; so a seed gives the same history each time, and a minute takes milliseconds.
///
/// What is not real: signatures, since checking them would take most of the time (a record is
/// genuine if a node made it), Kafka, and mostly the store, see [SimulatedDisk].
///
/// Each seed enables some of the [Trouble] and not the rest: if all of it happened at once, all the
/// time, little else would. In the end all of it ceases, and the cluster must recover by itself.
///
/// A commit blocks its thread, so each client of an authority has one; it runs only while the
/// thread of the simulation waits for it.
final class ClusterSimulation {
    static final Duration STALENESS = Duration.ofSeconds(10);

    private static final String EDGE2 = "iad1";
    private static final List<String> NAMES =
            List.of(TestRecords.A, TestRecords.B, TestRecords.EDGE, EDGE2);
    private static final ClusterAuthority.Times TIMES =
            new ClusterAuthority.Times(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(8),
                    Duration.ofSeconds(4),
                    true,
                    STALENESS);
    private static final Duration REPORT_EVERY = Duration.ofSeconds(1);

    /// Rows are compared by the history; what scrubs them is a thread of its own.
    private static final Duration NEVER_SCRUB = Duration.ofDays(100_000);

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    private static final int SERIALS = 200;

    /// Bytes of rows in a record.
    private static final int ONE_ROW = 24;

    private static final int MANY_ROWS = 100_000;
    private static final List<SerialKey> KEYS = new ArrayList<>();
    private static final List<String> SERIAL_NAMES = new ArrayList<>();

    static {
        for (int i = 0; i < SERIALS; i++) {
            KEYS.add(TestChanges.key(0x8000 + i));
            SERIAL_NAMES.add("s" + i);
        }
    }

    /// What may go wrong.
    enum Trouble {
        /// A node and the log do not reach each other.
        CUT,
        /// It hears and is not heard, or the reverse.
        ONE_WAY,
        /// A process ends, with what its disk has not confirmed, and starts again.
        KILL,
        /// It starts on an older copy of its disk.
        OLD_DISK,
        /// A process gets no turn.
        PAUSE,
        /// A machine sleeps: its monotonic clock stands still, the other one does not.
        SLEEP,
        /// A wall clock is set.
        SET_CLOCK,
        /// Clocks run at wrong rates, within the limits of the contract.
        RATES,
        /// Appends are lost, late, doubled, reordered, or arrive though their writer hears they did
        /// not.
        APPENDS,
        /// A disk fails.
        DISK,
        /// The log repeats a record, or has one that nobody signed.
        FOREIGN_RECORDS,
        /// A node reads much later than it could.
        LAG,
        /// An operator orders a takeover.
        ORDERS,
        /// Sets of changes in parts.
        PARTS,
        /// The log is lost; the authority that knows most begins another.
        LOG_LOST
    }

    /// What is not as it should be, so that a test can show that it is noticed.
    ///
    /// @param keepsLease a process that starts has the lease of the one before
    /// @param believesAll records are not checked
    /// @param oneClock leases look at the monotonic clock alone
    /// @param wallClock leases look at the wall clock alone
    /// @param durableWhenSent an append that succeeded is durable
    /// @param readsOn a log that replaces another one is taken for that one, so that a node goes on
    ///   at its offset
    record Defect(
            boolean keepsLease,
            boolean believesAll,
            boolean oneClock,
            boolean wallClock,
            boolean durableWhenSent,
            boolean readsOn) {
        static final Defect NONE = new Defect(false, false, false, false, false, false);
    }

    /// @param tracing whether to keep what happens, in words
    record Plan(
            long seed,
            ClusterRules rules,
            Defect defect,
            Set<Trouble> allowed,
            Disks disks,
            boolean tracing) {
        static Plan of(long seed) {
            return new Plan(
                    seed,
                    ClusterRules.CONTRACT,
                    Defect.NONE,
                    EnumSet.allOf(Trouble.class),
                    Disks.IN_MEMORY,
                    false);
        }

        Plan with(ClusterRules other) {
            return new Plan(seed, other, defect, allowed, disks, tracing);
        }

        Plan with(Defect other) {
            return new Plan(seed, rules, other, allowed, disks, tracing);
        }

        Plan with(Set<Trouble> others, Disks other) {
            return new Plan(seed, rules, defect, others, other, tracing);
        }

        Plan traced() {
            return new Plan(seed, rules, defect, allowed, disks, true);
        }
    }

    @FunctionalInterface
    interface Disks {
        Disks IN_MEMORY = (_, synced) -> new SimulatedDisk.InMemory(synced);

        /// @param synced whether it is that of an authority
        SimulatedDisk create(String node, boolean synced);
    }

    /// @param problem what is wrong beside the history, or empty: it did not recover, or a thread
    ///   of a node ended
    record Outcome(
            ClusterHistory history,
            Optional<String> problem,
            Map<String, Integer> counts,
            List<String> trace) {}

    private final Plan plan;
    private final Random random;
    private final Set<Trouble> troubles = EnumSet.noneOf(Trouble.class);
    private final PriorityQueue<Step> steps = new PriorityQueue<>();
    private final List<Event> history = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Node> nodes = new TreeMap<>();
    private final IdentityHashMap<ByteString, Opened> genuine = new IdentityHashMap<>();
    private final List<ByteString> everAppended = new ArrayList<>();

    private long now;
    private long order;
    private long generation = 1;
    private Topic status = new Topic(1);
    private Optional<Reset> begun = Optional.empty();
    private final Topic reports = new Topic(1);
    private @Nullable Coroutine running;
    private int serials;
    private final List<Integer> assigned = new ArrayList<>();
    private int changes;
    private boolean healing;
    private boolean quiet;
    private Optional<String> problem = Optional.empty();

    private record Step(long at, long order, Runnable what) implements Comparable<Step> {
        @Override
        public int compareTo(Step other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    ClusterSimulation(Plan plan) {
        this.plan = plan;
        this.random = new Random(plan.seed() * 0x9E3779B97F4A7C15L + 1);
    }

    /// Runs it, in a virtual thread, since changing to another one is cheap there.
    static Outcome run(Plan plan) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                outcome.complete(new ClusterSimulation(plan).run());
                            } catch (RuntimeException | Error e) {
                                outcome.completeExceptionally(e);
                            }
                        });
        return outcome.join();
    }

    private Outcome run() {
        for (Trouble trouble : Trouble.values()) {
            boolean enabled =
                    random.nextInt(trouble == Trouble.LOG_LOST ? 8 : 3) == 0
                            && plan.allowed().contains(trouble);
            if (enabled) {
                troubles.add(trouble);
            }
        }
        if (troubles.contains(Trouble.LOG_LOST)) {
            // The disk of the authority that acknowledged must be there then.
            troubles.remove(Trouble.OLD_DISK);
        }
        trace("seed %d: %s", plan.seed(), troubles);
        for (String name : NAMES) {
            nodes.put(name, new Node(name));
        }
        append(status, TestRecords.A, new Reset(TestRecords.A, 1, 0, 0, ReaderPosition.NO_DIGEST));
        try {
            nodes.values().forEach(Node::start);
            nodes.values().forEach(this::probe);
            nodes.values().stream().filter(node -> !node.isEdge()).forEach(this::client);
            if (!troubles.isEmpty()) {
                after(3 * SECOND, this::disturb);
            }
            passUntil((30 + random.nextInt(30)) * SECOND);
            heal();
        } finally {
            nodes.values().forEach(Node::end);
        }
        return new Outcome(
                new ClusterHistory(STALENESS, Set.of(TestRecords.A, TestRecords.B), history),
                problem,
                counts,
                List.copyOf(trace));
    }

    // Time.

    private void after(long nanos, Runnable what) {
        steps.add(new Step(now + nanos, order++, what));
    }

    private void passUntil(long end) {
        while (!steps.isEmpty() && steps.element().at() <= end && problem.isEmpty()) {
            Step step = steps.remove();
            now = step.at();
            step.what().run();
        }
        now = Math.max(now, end);
    }

    /// Mostly short, at times long.
    private long about(long nanos) {
        return (long) (-Math.log(1 - random.nextDouble()) * nanos);
    }

    private void trace(String text, Object... arguments) {
        if (plan.tracing()) {
            Object[] all = Stream.concat(Stream.of(now / 1e9), Arrays.stream(arguments)).toArray();
            trace.add(String.format(Locale.ROOT, "%8.3f " + text, all));
        }
    }

    private void note(Event event) {
        history.add(event);
        counts.merge(event.getClass().getSimpleName(), 1, Integer::sum);
        trace("%s", event);
    }

    private void fail(String what) {
        if (problem.isEmpty()) {
            problem = Optional.of(what);
            trace("%s", what);
        }
    }

    /// Thrown in the threads of a process that has been killed.
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /// A thread that runs only while the simulation waits for it.
    private final class Coroutine {
        private final Semaphore turn = new Semaphore(0);
        private final Semaphore back = new Semaphore(0);
        private boolean killed;
        private boolean ended;

        Coroutine(Runnable body) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                turn.acquireUninterruptibly();
                                try {
                                    if (!killed) {
                                        body.run();
                                    }
                                } catch (Killed _) {
                                    // As if it had never been.
                                } catch (RuntimeException | Error e) {
                                    fail("a thread ended with " + e);
                                } finally {
                                    ended = true;
                                    back.release();
                                }
                            });
        }

        /// Runs it until it waits for something or ends.
        void go() {
            if (!ended) {
                @Nullable Coroutine before = running;
                running = this;
                turn.release();
                back.acquireUninterruptibly();
                running = before;
            }
        }

        void kill() {
            killed = true;
            go();
        }

        /// Lets the simulation go on until somebody calls [#go].
        void pause() {
            back.release();
            turn.acquireUninterruptibly();
            if (killed) {
                throw new Killed();
            }
        }
    }

    // The log.

    /// Records in their order. How far each node sees it is a number of the node.
    private static final class Topic {
        private final ByteString id;
        private final List<ByteString> records = new ArrayList<>();

        Topic(long number) {
            this.id =
                    ByteString.of(ByteBuffer.allocate(StatusLog.ID_BYTES).putLong(number).array());
        }
    }

    private ByteString sign(ClusterRecord record) {
        byte[] payload = ClusterRecordCodec.encode(record);
        byte[] signed = new byte[payload.length + RecordVerifier.SIGNATURE_BYTES];
        System.arraycopy(payload, 0, signed, 0, payload.length);
        ByteString bytes = ByteString.of(signed);
        try {
            genuine.put(
                    bytes,
                    new Opened.Genuine(
                            ClusterRecordCodec.decode(payload),
                            HashAlgorithm.SHA256.hash(ByteString.of(payload))));
        } catch (InvalidRecordException e) {
            throw new IllegalStateException(e);
        }
        return bytes;
    }

    /// As [RecordVerifier] does, but for the signature.
    private Opened open(ByteString record) {
        @Nullable Opened opened = genuine.get(record);
        if (opened != null) {
            return opened;
        }
        if (plan.defect().believesAll()) {
            try {
                byte[] bytes = record.toArray();
                byte[] payload =
                        Arrays.copyOf(bytes, bytes.length - RecordVerifier.SIGNATURE_BYTES);
                return new Opened.Genuine(
                        ClusterRecordCodec.decode(payload),
                        HashAlgorithm.SHA256.hash(ByteString.of(payload)));
            } catch (InvalidRecordException e) {
                return new Opened.Forged(String.valueOf(e.getMessage()));
            }
        }
        return new Opened.Forged("no node made it");
    }

    private void append(Topic topic, String writer, ClusterRecord record) {
        arrive(topic, sign(record), writer);
    }

    private void arrive(Topic topic, ByteString record, String from) {
        topic.records.add(record);
        if (topic == status) {
            everAppended.add(record);
        }
        if (topic == status && plan.tracing()) {
            trace("%s of %s arrives at %d", text(record), from, topic.records.size() - 1);
        }
        int seen = topic.records.size();
        nodes.values().forEach(node -> node.receives(topic, seen));
    }

    private String text(ByteString record) {
        return open(record) instanceof Opened.Genuine(ClusterRecord it, ByteString _)
                ? switch (it) {
                    case ClusterRecord.Envelope e ->
                            "change %d of epoch %d".formatted(e.sequence(), e.epoch());
                    case ClusterRecord.Part p ->
                            "part %d of %d of epoch %d"
                                    .formatted(p.number(), p.sequence(), p.epoch());
                    case ClusterRecord.Seal s ->
                            "seal of %d of epoch %d".formatted(s.sequence(), s.epoch());
                    case ClusterRecord.Beat b -> "beat at %d".formatted(b.sequence());
                    case ClusterRecord.Claim c -> "claim of epoch %d".formatted(c.epoch());
                    case ClusterRecord.Reset r -> "reset to %d".formatted(r.generation());
                    case ClusterRecord.Report r -> "report of %d".formatted(r.sequence());
                    case ClusterRecord.RowDigests r -> "digests at %d".formatted(r.sequence());
                }
                : "a foreign record";
    }

    /// A log as one node reaches it.
    private final class NodeLog implements StatusLog {
        private final Node node;
        private final int process;
        private final boolean ofStatus;

        NodeLog(Node node, boolean ofStatus) {
            this.node = node;
            this.process = node.process;
            this.ofStatus = ofStatus;
        }

        private Topic topic() {
            return ofStatus ? status : reports;
        }

        private void liveOrKilled() {
            if (node.process != process) {
                throw new Killed();
            }
        }

        @Override
        public void append(ByteString record) throws AppendInDoubtException {
            liveOrKilled();
            long delay = about(10 * MILLI);
            boolean arrives = !node.cutOut;
            boolean known = arrives && !node.cutIn;
            int copies = 1;
            if (arrives && node.appendFaults > 0 && random.nextInt(100) < node.appendFaults) {
                switch (random.nextInt(5)) {
                    case 0 -> {
                        arrives = false;
                        known = false;
                    }
                    case 1 -> {
                        delay = about(6 * SECOND);
                        known = false;
                    }
                    case 2 -> known = false;
                    case 3 -> copies = 2;
                    default -> delay = about(SECOND);
                }
            } else if (!arrives && random.nextInt(3) == 0) {
                // It waits somewhere in the network.
                arrives = true;
                delay = about(12 * SECOND);
            }
            if (arrives) {
                for (int i = 0; i < copies; i++) {
                    after(delay, () -> arrive(topic(), record, node.name));
                }
            }
            @Nullable Coroutine thread = running;
            if (thread != null && (!known || delay < SECOND)) {
                node.at(known ? delay : about(500 * MILLI), thread::go);
                thread.pause();
                liveOrKilled();
            }
            if (!known) {
                throw new AppendInDoubtException("nobody knows");
            }
        }

        @Override
        public Tail tail(long offset, Duration wait) throws LogUnavailableException {
            liveOrKilled();
            if (node.cutIn || node.cutOut) {
                throw new LogUnavailableException("cut off");
            }
            Topic topic = topic();
            long end = ofStatus ? node.statusSeen : node.reportsSeen;
            if (offset > end) {
                return new Tail(topic.id, List.of(), 0, end, offset);
            }
            long to = Math.min(end, offset + 1 + random.nextInt(8));
            return new Tail(topic.id, topic.records.subList((int) offset, (int) to), 0, end, to);
        }

        @Override
        public void close() {}
    }

    // Nodes.

    private final class Node {
        private final String name;
        private final SimulatedDisk disk;
        private final double rate;
        private final double wallRate;

        /// Its machine sleeps at times, or its clock is set: both in one lease are beyond the
        /// contract.
        private final boolean sleeps = random.nextBoolean();

        private long slept;
        private long sleepSince = -1;
        private long wallSetMillis;

        private boolean alive;
        private int process;
        private long pausedUntil;
        private boolean cutIn;
        private boolean cutOut;
        private int appendFaults;
        private boolean lagging;
        private boolean copied;
        private int statusSeen;
        private int reportsSeen;
        private boolean following;
        private boolean stopNoted;

        private @Nullable ClusterAuthority authority;
        private @Nullable ClusterEdge edge;
        private @Nullable CurrentLease lease;
        private @Nullable FailingStore store;
        private @Nullable Coroutine client;

        Node(String name) {
            this.name = name;
            this.disk = plan.disks().create(name, !isEdge());
            boolean wrong = troubles.contains(Trouble.RATES);
            this.rate = wrong ? 1 + (random.nextDouble() - 0.5) / 1_000 : 1;
            this.wallRate = wrong ? 1 + (random.nextDouble() - 0.5) / 1_000 : 1;
        }

        boolean isBehind(Node other) {
            return other.follower().position().sequence() > follower().position().sequence();
        }

        boolean isEdge() {
            return !name.equals(TestRecords.A) && !name.equals(TestRecords.B);
        }

        ClusterAuthority theAuthority() {
            return Objects.requireNonNull(authority);
        }

        CurrentLease theLease() {
            return Objects.requireNonNull(lease);
        }

        Follower follower() {
            return edge == null ? theAuthority().follower() : edge.follower();
        }

        private long awake() {
            return (long) (((sleepSince < 0 ? now : sleepSince) - slept) * rate);
        }

        void wakeUp() {
            if (sleepSince >= 0) {
                slept += now - sleepSince;
                sleepSince = -1;
            }
        }

        private long nanos() {
            return plan.defect().wallClock() ? wallMillis() * MILLI : awake();
        }

        private long wallMillis() {
            return plan.defect().oneClock()
                    ? awake() / MILLI
                    : START.toEpochMilli() + wallSetMillis + (long) (now * wallRate) / MILLI;
        }

        /// Does something in this process, if there still is one, once it gets a turn.
        void at(long delay, Runnable what) {
            int of = process;
            after(delay, () -> inTurn(of, what));
        }

        private void inTurn(int of, Runnable what) {
            if (of != process || !alive) {
                return;
            }
            if (now < pausedUntil) {
                after(pausedUntil - now + about(MILLI), () -> inTurn(of, what));
                return;
            }
            try {
                what.run();
            } catch (Killed _) {
                // It has come to an end meanwhile.
            }
        }

        void start() {
            process++;
            alive = true;
            following = false;
            stopNoted = false;
            FailingStore opened = new FailingStore(disk.open());
            store = opened;
            NodeSigner signer = signer();
            NodeLog statusLog = new NodeLog(this, true);
            NodeLog reportLog = new NodeLog(this, false);
            if (lease == null || !plan.defect().keepsLease()) {
                lease = new CurrentLease(plan.rules(), STALENESS, this::nanos, this::wallMillis);
            }
            if (isEdge()) {
                edge =
                        new ClusterEdge(
                                signer,
                                ClusterSimulation.this::open,
                                plan.rules(),
                                statusLog,
                                reportLog,
                                opened,
                                lease,
                                REPORT_EVERY,
                                NEVER_SCRUB);
                at(about(100 * MILLI), this::report);
            } else {
                authority =
                        new ClusterAuthority(
                                signer,
                                ClusterSimulation.this::open,
                                plan.rules(),
                                statusLog,
                                reportLog,
                                opened,
                                Set.of(TestRecords.EDGE, EDGE2),
                                lease,
                                () -> Instant.ofEpochMilli(wallMillis()),
                                TIMES,
                                NEVER_SCRUB,
                                this::await,
                                troubles.contains(Trouble.PARTS) ? ONE_ROW : MANY_ROWS);
                at(about(100 * MILLI), this::beat);
                at(about(100 * MILLI), this::readReports);
            }
            trace("%s starts", name);
            follow(about(10 * MILLI));
            if (!isEdge()) {
                client(this);
            }
        }

        private NodeSigner signer() {
            return new NodeSigner() {
                @Override
                public String name() {
                    return name;
                }

                @Override
                public ByteString sign(ClusterRecord record) {
                    return ClusterSimulation.this.sign(record);
                }
            };
        }

        void kill(boolean losing) {
            trace("%s is killed", name);
            process++;
            alive = false;
            @Nullable Coroutine thread = client;
            client = null;
            if (thread != null) {
                thread.kill();
            }
            follower().close();
            if (losing) {
                disk.crash(random);
            } else {
                disk.crash(NOTHING_LOST);
            }
            note(new ClusterHistory.Restarted(now, name));
        }

        void end() {
            process++;
            alive = false;
            if (client != null) {
                client.kill();
            }
            disk.close();
        }

        void receives(Topic topic, int records) {
            after(
                    about(5 * MILLI) + (lagging ? about(2 * SECOND) : 0),
                    () -> {
                        if (topic == status) {
                            statusSeen = Math.max(statusSeen, records);
                        } else if (topic == reports) {
                            reportsSeen = Math.max(reportsSeen, records);
                        }
                        if (alive) {
                            follow(0);
                        }
                    });
        }

        private void follow(long delay) {
            if (!following) {
                following = true;
                at(delay, this::round);
            }
        }

        private void round() {
            following = false;
            long before = follower().position().sequence();
            Duration rest;
            try {
                rest = follower().round();
                note();
            } catch (StoreException _) {
                rest = Duration.ofSeconds(1);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (isEdge() && follower().position().sequence() != before) {
                at(10 * MILLI, this::sendReport);
            }
            if (follower().stopped().isPresent()) {
                return;
            }
            follow(
                    rest.isZero() && follower().behind() > 0
                            ? about(MILLI)
                            : Math.max(rest.toNanos(), about(300 * MILLI)));
        }

        /// What an observer sees of its store now and then.
        private void note() {
            Follower follower = follower();
            if (follower.stopped().isPresent()) {
                if (!stopNoted) {
                    stopNoted = true;
                    ReaderPosition at = follower.position();
                    boolean couldGoOn =
                            begun.filter(it -> it.generation() > at.generation())
                                    .filter(it -> it.head().equals(at.head()))
                                    .isPresent();
                    note(
                            new ClusterHistory.Stopped(
                                    now, name, couldGoOn, follower.stopped().get().toString()));
                }
            } else if (random.nextInt(20) == 0 && follower.position().staged().isEmpty()) {
                noteRows();
            }
        }

        private void note(Event event) {
            ClusterSimulation.this.note(event);
        }

        void noteRows() {
            ReaderPosition at = follower().position();
            StringBuilder rows = new StringBuilder();
            for (int i = 0; i < SERIALS; i++) {
                Said said = holds(i);
                if (said != Said.UNAUTHORIZED) {
                    rows.append(SERIAL_NAMES.get(i)).append(said == Said.GOOD ? '+' : '-');
                }
            }
            String digest = rows.toString();
            note(new ClusterHistory.Rows(now, name, at.generation(), at.sequence(), digest));
        }

        /// What it would say with a lease.
        Said holds(int serial) {
            return said(disk.find(KEYS.get(serial)));
        }

        private void beat() {
            at(TIMES.beatEvery().toNanos(), this::beat);
            try {
                theAuthority().beat();
            } catch (StoreException _) {
                // The task fails, and is run again.
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void readReports() {
            at(about(100 * MILLI), this::readReports);
            try {
                theAuthority().readReports();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void report() {
            at(REPORT_EVERY.toNanos(), this::report);
            sendReport();
        }

        private void sendReport() {
            try {
                Objects.requireNonNull(edge).sendReport();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /// Commits wait on the clock of this world.
        private Optional<Fate> await(CompletableFuture<Fate> outcome, Duration wait) {
            Coroutine thread = Objects.requireNonNull(running);
            boolean[] waiting = {true};
            Runnable wake =
                    () -> {
                        if (waiting[0]) {
                            waiting[0] = false;
                            thread.go();
                        }
                    };
            if (plan.defect().durableWhenSent()) {
                return Optional.of(Fate.DURABLE);
            }
            if (!outcome.isDone()) {
                var _ = outcome.thenRun(() -> at(about(MILLI / 10), wake));
                at(wait.toNanos(), wake);
                thread.pause();
                waiting[0] = false;
            }
            return outcome.isDone() ? Optional.of(outcome.join()) : Optional.empty();
        }
    }

    private static final Random NOTHING_LOST =
            new Random() {
                private static final long serialVersionUID = 1L;

                @Override
                public int nextInt(int bound) {
                    return 0;
                }
            };

    private static Said said(Optional<StatusRecord> status) {
        return status.map(
                        record ->
                                record instanceof StatusRecord.Assigned assigned
                                                && assigned.revocation().isPresent()
                                        ? Said.REVOKED
                                        : Said.GOOD)
                .orElse(Said.UNAUTHORIZED);
    }

    // Clients.

    /// One client of each authority, which asks for one change after another.
    private void client(Node node) {
        if (node.client != null) {
            return;
        }
        Coroutine[] self = new Coroutine[1];
        Coroutine client =
                new Coroutine(
                        () -> {
                            while (true) {
                                node.at(about(700 * MILLI), self[0]::go);
                                self[0].pause();
                                if (!quiet && serials < SERIALS - 10) {
                                    change(node);
                                }
                            }
                        });
        self[0] = client;
        node.client = client;
        node.at(0, client::go);
    }

    private void change(Node node) {
        if (!node.theAuthority().isActive() && random.nextInt(10) > 0) {
            return;
        }
        int size = 1 + random.nextInt(3);
        List<Integer> which = new ArrayList<>();
        Kind kind = random.nextInt(5) < 2 || assigned.isEmpty() ? Kind.ASSIGN : Kind.REVOKE;
        if (kind == Kind.REVOKE && random.nextInt(10) > 0) {
            for (int i = 0; i < size; i++) {
                int newest = assigned.size() - 1 - random.nextInt(Math.min(8, assigned.size()));
                int serial = assigned.get(newest);
                if (!which.contains(serial)) {
                    which.add(serial);
                }
            }
        } else {
            for (int i = 0; i < size; i++) {
                which.add(serials);
                assigned.add(serials++);
            }
        }
        change(node, kind, which);
    }

    private void change(Node node, Kind kind, List<Integer> which) {
        String change = "c" + changes++;
        Set<String> names = new TreeSet<>();
        List<StatusChange> list = new ArrayList<>();
        for (int serial : which) {
            names.add(SERIAL_NAMES.get(serial));
            SerialKey key = KEYS.get(serial);
            list.add(
                    kind == Kind.ASSIGN
                            ? TestChanges.declared(key)
                            : TestChanges.revoked(key, RevocationReason.SUPERSEDED));
        }
        note(new ClusterHistory.Sent(now, change, kind, names));
        ClusterAuthority authority = node.theAuthority();
        long sequence;
        boolean changesNothing;
        try (ChangeSet set =
                authority.tryBegin(TestChanges.source(change), Duration.ZERO).orElseThrow()) {
            sequence = authority.newest() + 1;
            changesNothing = set.applyAll(list).stream().noneMatch(ClusterSimulation::isChange);
            set.commit();
        } catch (StoreException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.contains("may take effect")) {
                note(new ClusterHistory.Never(now, change));
            }
            trace("%s: %s", change, why);
            return;
        }
        note(
                new ClusterHistory.Durable(
                        now,
                        change,
                        node.name,
                        changesNothing ? OptionalLong.empty() : OptionalLong.of(sequence)));
        long last = changesNothing ? sequence - 1 : sequence;
        var _ =
                authority
                        .effective(last)
                        .thenRun(() -> note(new ClusterHistory.Effective(now, change)));
    }

    private static boolean isChange(ChangeOutcome outcome) {
        return switch (outcome) {
            case ChangeOutcome.Added _,
                    ChangeOutcome.Changed _,
                    ChangeOutcome.AddedByRevocation _ ->
                    true;
            case ChangeOutcome.Unchanged _, ChangeOutcome.Conflict _, ChangeOutcome.Refused _ ->
                    false;
        };
    }

    /// Somebody asks a node again and again.
    private void probe(Node node) {
        after(
                about(250 * MILLI),
                () -> {
                    probe(node);
                    if (serials > 0) {
                        int serial = Math.max(0, serials - 1 - random.nextInt(12));
                        long sent = now;
                        node.at(about(3 * MILLI), () -> answer(node, serial, sent));
                    }
                });
    }

    /// In the order in which a node answers: first the lease, then the store.
    private void answer(Node node, int serial, long sent) {
        boolean valid = node.theLease().isValid();
        node.at(
                random.nextInt(4) == 0 ? about(2 * MILLI) : 0,
                () -> {
                    Optional<StatusRecord> status = node.disk.find(KEYS.get(serial));
                    Said said =
                            valid || !node.theLease().isNeeded(status)
                                    ? said(status)
                                    : Said.TRY_LATER;
                    after(
                            about(3 * MILLI),
                            () -> {
                                counts.merge(said.name(), 1, Integer::sum);
                                note(
                                        new ClusterHistory.Answer(
                                                sent,
                                                now,
                                                node.name,
                                                SERIAL_NAMES.get(serial),
                                                said,
                                                OptionalLong.of(Long.MAX_VALUE)));
                            });
                });
    }

    // Trouble.

    private void disturb() {
        if (healing) {
            return;
        }
        after(about(2 * SECOND), this::disturb);
        List<Trouble> all = List.copyOf(troubles);
        Trouble trouble = all.get(random.nextInt(all.size()));
        Node node = nodes.get(NAMES.get(random.nextInt(NAMES.size())));
        if (node != null) {
            disturb(trouble, node);
        }
    }

    private void disturb(Trouble trouble, Node node) {
        long time = about(4 * SECOND);
        switch (trouble) {
            case CUT -> cut(node, true, true, time);
            case ONE_WAY -> {
                boolean in = random.nextBoolean();
                cut(node, in, !in, time);
            }
            case KILL, OLD_DISK -> restart(node, trouble == Trouble.OLD_DISK, time / 2);
            case PAUSE -> {
                trace("%s is paused for %.1f s", node.name, time / 1e9);
                node.pausedUntil = Math.max(node.pausedUntil, now + time);
            }
            case SLEEP -> {
                if (node.sleeps && node.sleepSince < 0) {
                    trace("%s sleeps for %.1f s", node.name, time / 1e9);
                    node.pausedUntil = Math.max(node.pausedUntil, now + time);
                    node.sleepSince = now;
                    after(time, node::wakeUp);
                }
            }
            case SET_CLOCK -> {
                if (!node.sleeps) {
                    node.wallSetMillis += random.nextInt(40_000) - 30_000;
                    trace("the clock of %s is set to %d ms", node.name, node.wallSetMillis);
                }
            }
            case RATES -> {
                // From the beginning.
            }
            case APPENDS -> {
                node.appendFaults = 30;
                after(time, () -> node.appendFaults = 0);
            }
            case DISK -> {
                FailingStore.Fault fault =
                        List.of(
                                        FailingStore.Fault.FULL,
                                        FailingStore.Fault.NO_REPLY,
                                        FailingStore.Fault.BROKEN)
                                .get(random.nextInt(3));
                trace("the disk of %s: %s", node.name, fault);
                @Nullable FailingStore store = node.store;
                if (store != null) {
                    store.fail(fault);
                    after(time, () -> store.fail(FailingStore.Fault.NONE));
                }
            }
            case FOREIGN_RECORDS -> foreign();
            case LAG -> {
                node.lagging = true;
                after(time, () -> node.lagging = false);
            }
            case ORDERS -> {
                if (node.alive && !node.isEdge()) {
                    node.at(0, () -> node.theAuthority().order());
                }
            }
            case PARTS -> {
                // As clients send them.
            }
            case LOG_LOST -> {
                if (generation == 1 && random.nextInt(3) == 0) {
                    loseLog();
                }
            }
        }
    }

    private void cut(Node node, boolean in, boolean out, long time) {
        trace("%s is cut off, in %s, out %s, for %.1f s", node.name, in, out, time / 1e9);
        node.cutIn = in;
        node.cutOut = out;
        after(
                // At times longer than a lease.
                random.nextInt(4) == 0 ? 4 * time : time,
                () -> {
                    node.cutIn = false;
                    node.cutOut = false;
                });
    }

    private void restart(Node node, boolean older, long down) {
        if (!node.alive) {
            return;
        }
        node.kill(!older && plan.allowed().contains(Trouble.KILL));
        if (older) {
            if (node.copied && random.nextBoolean()) {
                trace("%s has an older disk", node.name);
                node.disk.restore();
            } else {
                node.copied = true;
                node.disk.copy();
            }
        }
        after(
                down,
                () -> {
                    if (!node.alive) {
                        node.start();
                    }
                });
    }

    private void foreign() {
        if (random.nextInt(3) > 0) {
            arrive(status, everAppended.get(random.nextInt(everAppended.size())), "the log");
            return;
        }
        // A change that revokes, at the right place in the log, that nobody signed.
        Node node = nodes.values().iterator().next();
        ReaderPosition at = node.follower().position();
        if (serials == 0 || at.holder().isEmpty()) {
            return;
        }
        SimulatedDisk.InMemory forger = new SimulatedDisk.InMemory(true);
        try (ReplicatedStore.RowSet set =
                forger.open().tryBegin(TestChanges.source("forger"), Duration.ZERO).orElseThrow()) {
            SerialKey victim = KEYS.get(SERIALS - 1 - random.nextInt(5));
            set.applyAll(List.of(TestChanges.declared(victim)));
            List<StoredRow> rows = new ArrayList<>();
            set.prepare().forEachRemaining(rows::add);
            byte[] payload =
                    ClusterRecordCodec.encode(
                            new ClusterRecord.Envelope(
                                    at.holder().get(),
                                    at.generation(),
                                    at.epoch(),
                                    at.sequence() + 1,
                                    at.head(),
                                    rows));
            arrive(
                    status,
                    ByteString.of(
                            Arrays.copyOf(
                                    payload, payload.length + RecordVerifier.SIGNATURE_BYTES)),
                    "a forger");
        }
    }

    private void loseLog() {
        @Nullable Node most = null;
        for (Node node : nodes.values()) {
            if (!node.isEdge() && node.alive && (most == null || most.isBehind(node))) {
                most = node;
            }
        }
        boolean allAlive =
                nodes.values().stream().filter(node -> !node.isEdge()).allMatch(node -> node.alive);
        if (most == null || !allAlive) {
            return;
        }
        ReaderPosition at = most.follower().position();
        if (at.generation() == 0) {
            return;
        }
        generation = at.generation() + 1;
        note(new ClusterHistory.Damaged(now, "the log is lost"));
        status = new Topic(plan.defect().readsOn() ? 1 : generation);
        nodes.values().forEach(node -> node.statusSeen = 0);
        Reset reset = new Reset(most.name, generation, at.epoch(), at.sequence(), at.head());
        begun = Optional.of(reset);
        append(status, most.name, reset);
    }

    // The end.

    /// All trouble ceases; then the cluster recovers.
    private void heal() {
        healing = true;
        trace("all trouble ceases");
        for (Node node : nodes.values()) {
            node.cutIn = false;
            node.cutOut = false;
            node.appendFaults = 0;
            node.lagging = false;
            node.wakeUp();
            node.pausedUntil = Math.min(node.pausedUntil, now);
            if (!node.alive) {
                node.start();
            }
            @Nullable FailingStore store = node.store;
            if (store != null) {
                store.fail(FailingStore.Fault.NONE);
            }
        }
        // Clients go on for a while.
        passUntil(now + 4 * SECOND);
        quiet = true;
        passUntil(now + 2 * SECOND);
        long last = now + 60 * SECOND;
        while (now < last && problem.isEmpty() && !hasRecovered()) {
            passUntil(now + SECOND);
        }
        if (problem.isEmpty() && !hasRecovered()) {
            fail("the cluster does not recover: " + states());
            return;
        }
        for (Node node : nodes.values()) {
            if (node.follower().stopped().isEmpty()) {
                node.noteRows();
                for (int serial = 0; serial < SERIALS; serial++) {
                    Said said = node.holds(serial);
                    if (serial < serials || said != Said.UNAUTHORIZED) {
                        note(
                                new ClusterHistory.Holds(
                                        now, node.name, SERIAL_NAMES.get(serial), said));
                    }
                }
            }
        }
        claims();
    }

    private List<Node> following() {
        return nodes.values().stream().filter(node -> node.follower().stopped().isEmpty()).toList();
    }

    /// One authority takes changes, all nodes have read all, may answer, and nobody waits.
    private boolean hasRecovered() {
        List<Node> all = following();
        boolean active =
                all.stream()
                                .filter(node -> !node.isEdge() && node.theAuthority().isActive())
                                .count()
                        == 1;
        return active
                && all.stream()
                        .allMatch(
                                node ->
                                        node.theLease().isValid()
                                                && node.statusSeen >= status.records.size() - 4
                                                && node.follower().behind() == 0)
                && all.stream()
                                .map(node -> node.follower().position().sequence())
                                .distinct()
                                .count()
                        == 1;
    }

    private String states() {
        StringBuilder text = new StringBuilder();
        for (Node node : nodes.values()) {
            text.append(
                    "%n    %s: %s, lease %s, behind %d, stopped %s"
                            .formatted(
                                    node.name,
                                    node.follower().position(),
                                    node.theLease().isValid(),
                                    node.follower().behind(),
                                    node.follower().stopped()));
        }
        return text.toString();
    }

    /// Who held which epoch, by the log itself and the real rules.
    private void claims() {
        if (generation > 1) {
            return;
        }
        LogReader reader = new LogReader(ClusterRules.CONTRACT);
        ReaderPosition at = ReaderPosition.START;
        for (ByteString record : status.records) {
            ReadResult result =
                    reader.read(at, genuine.getOrDefault(record, new Opened.Forged("foreign")));
            at = result.position();
            if (result instanceof ReadResult.Claimed(ReaderPosition _, ClusterRecord.Claim claim)) {
                note(new ClusterHistory.Claimed(now, claim.writer(), claim.epoch(), at.sequence()));
            }
        }
    }
}
