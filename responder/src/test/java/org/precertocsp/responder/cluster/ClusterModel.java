package org.precertocsp.responder.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Change;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Part;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.ClusterRecord.Seal;
import org.precertocsp.responder.cluster.EdgeReports.DurableChange;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoredRow;

/// Every state that two authorities and one edge can reach in a [Scenario], breadth first, with the
/// real rules in charge; and the promises K1 to K9, which the overview of the package lists,
/// checked in each state.
///
/// The world around the rules is as hostile as the contract allows. What is appended arrives at any
/// later time, in any order, or never. Every node reads as late as it likes, and any report may be
/// the newest that an authority has received. How often each thing happens is bounded by the
/// scenario, so the states are finite. Only one certificate is watched; each change writes its row
/// and another row by which the change itself is recognized. Where the edge sends no reports, it
/// takes no part.
///
/// One tick is one second; the staleness promised is two.
final class ClusterModel {
    private static final Duration STALENESS = Duration.ofSeconds(2);
    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);
    private static final Set<String> ROSTER = Set.of(TestRecords.EDGE);
    private static final Report NO_REPORT =
            new Report(TestRecords.EDGE, 0, 0, TestRecords.nonce(0));

    /// Changes that clients ask for, each once and in the order of the scenario.
    enum Request {
        ASSIGN,
        REVOKE,
        /// Writes the status again that the authority knows: an amended date.
        AMEND,
        AMEND_AGAIN
    }

    /// What may happen, each as often as the scenario says.
    enum Event {
        CLAIM(0),
        DOUBT(1),
        AUTHORITY_RESTART(2),
        /// The log repeats a record.
        REPLAY(3),
        BEAT(4),
        REPORT(5),
        TICK(6),
        EDGE_RESTART(7),
        /// A second passes that the edge's clocks do not count: their rate is wrong.
        SLOW_TICK(8),
        /// A second passes while the edge's machine sleeps: its monotonic clock stands still.
        SLEEP(9),
        /// The edge's wall clock is set back by five seconds.
        SET_BACK(10),
        /// The log is lost, and the authority that knows most begins a new one.
        LOG_LOST(11),
        /// The log loses its newest record, which may have been read.
        TAIL_LOST(12),
        /// The edge does not receive a record.
        WITHHELD(13);

        /// Its place among the four-bit counters of a state.
        private final int place;

        Event(int place) {
            this.place = place;
        }

        long once() {
            return 1L << (4 * place);
        }
    }

    /// @param requests of clients
    /// @param events how often each may happen
    /// @param assigned whether the certificate is assigned at the beginning
    /// @param inParts whether a change is two parts and a seal
    /// @param alone whether the second authority takes no part
    /// @param promises that hold in spite of these events
    record Scenario(
            String name,
            List<Request> requests,
            Map<Event, Integer> events,
            boolean assigned,
            boolean inParts,
            boolean alone,
            String promises) {
        Scenario(String name, Request... requests) {
            this(
                    name,
                    List.of(requests),
                    Map.of(),
                    true,
                    false,
                    false,
                    "K1 K2 K3 K4 K5 K6 K7 K8 K9");
        }

        Scenario with(Event event, int times) {
            Map<Event, Integer> more = new HashMap<>(events);
            more.put(event, times);
            return new Scenario(name, requests, more, assigned, inParts, alone, promises);
        }

        Scenario unassigned() {
            return new Scenario(name, requests, events, false, inParts, alone, promises);
        }

        Scenario partly() {
            return new Scenario(name, requests, events, assigned, true, alone, promises);
        }

        Scenario lonely() {
            return new Scenario(name, requests, events, assigned, inParts, true, promises);
        }

        /// A node may have to stop.
        boolean isDamaging() {
            return events.containsKey(Event.LOG_LOST)
                    || events.containsKey(Event.TAIL_LOST)
                    || events.containsKey(Event.WITHHELD);
        }

        Scenario only(String some) {
            return new Scenario(name, requests, events, assigned, inParts, alone, some);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /// The store of a node, and how far it has read.
    ///
    /// @param offset of the next record
    /// @param staged parts, by their number in [#records]
    private record Node(
            int offset,
            ReaderPosition at,
            List<Integer> staged,
            List<Applied> applied,
            boolean stopped) {}

    /// A change in a store.
    ///
    /// @param request null if its row was missing
    /// @param revoked whether it left the certificate so; null if that row was missing
    private record Applied(@Nullable Request request, @Nullable Boolean revoked) {
        boolean isWhole() {
            return request != null && revoked != null;
        }
    }

    /// @param request that is outstanding, or none
    /// @param sentAt when
    private record Writer(Node node, Authority state, @Nullable Request request, int sentAt) {}

    /// @param slept seconds that its monotonic clock missed
    /// @param back seconds that its wall clock is behind
    /// @param saidRevoked whether a client may have read that
    private record Edge(Node node, Lease lease, int slept, int back, boolean saidRevoked) {}

    /// A change that an authority has told a client is durable.
    private record Promise(Request request, DurableChange change) {}

    /// @param log by number in [#records], as [#flying], what was appended and has not arrived
    /// @param reports all that the edge has sent
    /// @param never requests of which a client was told that they do not count
    /// @param effective requests of which a client was told that they are
    /// @param left how often each event may still happen, four bits for each
    private record State(
            List<Integer> log,
            List<Integer> flying,
            Writer a,
            Writer b,
            Edge edge,
            List<Report> reports,
            Set<Request> tried,
            List<Promise> durable,
            Set<Request> never,
            Set<Request> effective,
            int now,
            long left) {
        boolean may(Event event) {
            return (left & (15 * event.once())) != 0;
        }

        Draft draft(Event event) {
            Draft draft = new Draft(this);
            draft.left -= event.once();
            return draft;
        }
    }

    /// A state that is being changed.
    private static final class Draft {
        private List<Integer> log;
        private List<Integer> flying;
        private Writer a;
        private Writer b;
        private Edge edge;
        private List<Report> reports;
        private Set<Request> tried;
        private List<Promise> durable;
        private Set<Request> never;
        private Set<Request> effective;
        private int now;
        private long left;

        Draft(State state) {
            log = state.log();
            flying = state.flying();
            a = state.a();
            b = state.b();
            edge = state.edge();
            reports = state.reports();
            tried = state.tried();
            durable = state.durable();
            never = state.never();
            effective = state.effective();
            now = state.now();
            left = state.left();
        }

        void writer(boolean first, Writer writer) {
            if (first) {
                a = writer;
            } else {
                b = writer;
            }
        }

        void node(Node node) {
            edge = new Edge(node, edge.lease(), edge.slept(), edge.back(), edge.saidRevoked());
        }

        void lease(Lease lease) {
            edge = new Edge(edge.node(), lease, edge.slept(), edge.back(), edge.saidRevoked());
        }

        void send(int record) {
            flying = new ArrayList<>(plus(flying, record));
            flying.sort(null);
        }

        State state() {
            return new State(
                    log, flying, a, b, edge, reports, tried, durable, never, effective, now, left);
        }
    }

    /// A state and how it was reached.
    private record Visit(State state, @Nullable Visit before, Supplier<String> step) {
        String path() {
            Deque<String> steps = new ArrayDeque<>();
            for (Visit visit = this; visit != null; visit = visit.before()) {
                steps.addFirst(visit.step().get());
            }
            return String.join("\n  ", steps);
        }
    }

    /// @param violation the promise that is broken and the way there, or empty
    /// @param states how many were visited
    /// @param reached what happened in some state
    record Result(Optional<String> violation, int states, Set<String> reached) {}

    private final Scenario scenario;
    private final ClusterRules rules;
    private final LogReader reader;

    /// Records are numbered as they are first written, so that a state holds numbers.
    private final List<Opened.Genuine> records = new ArrayList<>();

    private final Map<ClusterRecord, Integer> numbers = new HashMap<>();
    private final Set<State> visited = new HashSet<>();
    private final Deque<Visit> open = new ArrayDeque<>();
    private final Set<String> reached = new HashSet<>();

    ClusterModel(Scenario scenario, ClusterRules rules) {
        this.scenario = scenario;
        this.rules = rules;
        this.reader = new LogReader(rules);
    }

    /// Visits all states, or those up to the first that breaks a promise.
    Result search() {
        open.add(new Visit(first(), null, () -> "start"));
        while (!open.isEmpty()) {
            Visit visit = open.removeFirst();
            Optional<String> broken = broken(visit);
            if (broken.isPresent()) {
                return new Result(broken, visited.size(), reached);
            }
            expand(visit);
        }
        return new Result(Optional.empty(), visited.size(), reached);
    }

    /// Goes from state to state by chance until nothing more can happen: deeper than [#search] can.
    Result walk(Random random) {
        Visit visit = new Visit(first(), null, () -> "start");
        int steps = 0;
        while (true) {
            Optional<String> broken = broken(visit);
            visited.clear();
            open.clear();
            expand(visit);
            if (broken.isPresent() || open.isEmpty()) {
                return new Result(broken, steps, reached);
            }
            visit = List.copyOf(open).get(random.nextInt(open.size()));
            steps++;
        }
    }

    private Optional<String> broken(Visit visit) {
        return broken(visit.state()).stream()
                .filter(text -> scenario.promises().contains(text.substring(0, 2)))
                .findFirst()
                .map(text -> text + "\n  " + visit.path());
    }

    /// `a` holds the first epoch, and everybody has read so far.
    private State first() {
        Reset reset = new Reset(TestRecords.A, 1, 0, 0, ReaderPosition.NO_DIGEST);
        Claim claim = new Claim(TestRecords.A, 1, 1, TestRecords.nonce(99));
        List<Integer> log = List.of(number(reset), number(claim));
        Node node = new Node(0, ReaderPosition.START, List.of(), List.of(), false);
        Authority a = Authority.start(ClusterRules.CONTRACT, TestRecords.A, node.at());
        for (int number : log) {
            ReadResult result = reader.read(node.at(), records.get(number));
            node = after(node, result, number);
            a = a.claiming(claim).reading(ClusterRules.CONTRACT, result).next();
        }
        Authority b = Authority.start(ClusterRules.CONTRACT, TestRecords.B, node.at());
        long left = 0;
        for (Map.Entry<Event, Integer> event : scenario.events().entrySet()) {
            left += event.getValue() * event.getKey().once();
        }
        return new State(
                log,
                List.of(),
                new Writer(node, a, null, 0),
                new Writer(node, b, null, 0),
                new Edge(node, Lease.NONE, 0, 0, false),
                List.of(),
                Set.of(),
                List.of(),
                Set.of(),
                Set.of(),
                0,
                left);
    }

    private int number(ClusterRecord record) {
        return numbers.computeIfAbsent(
                record,
                _ -> {
                    records.add(TestRecords.genuine(record));
                    return records.size() - 1;
                });
    }

    private void visit(Visit from, Draft draft, Supplier<String> step) {
        if (draft.edge.saidRevoked() != (draft.edge.saidRevoked() || revoked(draft.edge.node()))) {
            Edge edge = draft.edge;
            draft.edge = new Edge(edge.node(), edge.lease(), edge.slept(), edge.back(), true);
        }
        for (Promise promise : draft.durable) {
            if (!draft.effective.contains(promise.request()) && isEffective(promise, draft)) {
                draft.effective = plus(draft.effective, promise.request());
                reached.add("effective " + promise.request());
            }
        }
        State next = draft.state();
        if (visited.add(next)) {
            open.add(new Visit(next, from, step));
        }
    }

    /// True as soon as an authority can say so, whichever report it has received last.
    private boolean isEffective(Promise promise, Draft draft) {
        EdgeReports none = EdgeReports.none(ROSTER);
        long now = Duration.ofSeconds(draft.now).toNanos();
        return none.isEffective(rules, promise.change(), now, STALENESS)
                || draft.reports.stream()
                        .anyMatch(
                                report ->
                                        none.with(report)
                                                .isEffective(
                                                        rules, promise.change(), now, STALENESS));
    }

    private void expand(Visit from) {
        State state = from.state();
        write(from, true);
        readAsWriter(from, true);
        if (!scenario.alone()) {
            write(from, false);
            readAsWriter(from, false);
        }
        for (int i = 0; i < state.flying().size(); i++) {
            Draft draft = new Draft(state);
            int arrived = state.flying().get(i);
            draft.flying = without(state.flying(), i);
            draft.log = plus(state.log(), arrived);
            visit(from, draft, () -> "arrives: " + text(arrived));
        }
        readAsEdge(from);
        report(from);
        time(from);
        if (state.may(Event.EDGE_RESTART)) {
            restartEdge(from);
        }
        damage(from);
    }

    private void write(Visit from, boolean first) {
        State state = from.state();
        Writer writer = first ? state.a() : state.b();
        Node node = writer.node();
        Authority authority = writer.state();
        String name = authority.name();
        if (state.may(Event.AUTHORITY_RESTART)) {
            restartWriter(from, first);
        }
        if (node.stopped()) {
            return;
        }
        if (state.may(Event.CLAIM)
                && node.at().generation() > 0
                && !(authority.standing() instanceof Authority.Standing.Active)) {
            Draft draft = state.draft(Event.CLAIM);
            Claim claim = authority.claim(node.at(), TestRecords.nonce((int) (state.left() & 15)));
            draft.writer(
                    first,
                    new Writer(node, authority.claiming(claim), writer.request(), writer.sentAt()));
            draft.send(number(claim));
            visit(from, draft, () -> name + " claims epoch " + claim.epoch());
        }
        boolean waits =
                authority.outstanding().isPresent()
                        || authority.standing() instanceof Authority.Standing.Claiming;
        if (state.may(Event.DOUBT) && waits) {
            Draft draft = state.draft(Event.DOUBT);
            draft.writer(
                    first,
                    new Writer(node, authority.doubting(rules), writer.request(), writer.sentAt()));
            visit(from, draft, () -> name + " doubts");
        }
        if (authority.writableEpoch(rules).isPresent()) {
            int next = state.tried().size();
            if (next < scenario.requests().size() && (next == 0 || assigned(node))) {
                append(from, first, scenario.requests().get(next));
            }
        }
        if (state.may(Event.BEAT)) {
            // Without an echo, a beat is a record that takes its place in the log.
            boolean echoes = scenario.events().containsKey(Event.REPORT);
            for (Report report : echoes ? state.reports() : List.of(NO_REPORT)) {
                Draft draft = state.draft(Event.BEAT);
                draft.send(
                        number(
                                new Beat(
                                        name,
                                        node.at().generation(),
                                        node.at().sequence(),
                                        node.at().head(),
                                        START,
                                        List.of(new Echo(TestRecords.EDGE, report.nonce())))));
                visit(from, draft, () -> "%s beats at %d".formatted(name, node.at().sequence()));
            }
        }
    }

    private void append(Visit from, boolean first, Request request) {
        State state = from.state();
        Writer writer = first ? state.a() : state.b();
        ReaderPosition at = writer.node().at();
        boolean revokes = request == Request.REVOKE || revoked(writer.node());
        StoredRow mark = TestRecords.row("change", request.name());
        StoredRow row = TestRecords.row("certificate", revokes ? "revoked" : "good");
        Draft draft = new Draft(state);
        Authority authority = writer.state();
        Envelope envelope = authority.envelope(rules, at, List.of(mark, row));
        if (scenario.inParts()) {
            Part one = part(envelope, 1, mark);
            Part two = part(envelope, 2, row);
            ReaderPosition.Staged staged =
                    ReaderPosition.Staged.NONE
                            .with(records.get(number(one)).digest())
                            .with(records.get(number(two)).digest());
            draft.send(number(one));
            draft.send(number(two));
            draft.send(
                    number(
                            new Seal(
                                    envelope.writer(),
                                    envelope.generation(),
                                    envelope.epoch(),
                                    envelope.sequence(),
                                    envelope.previous(),
                                    staged.digest())));
        } else {
            draft.send(number(envelope));
        }
        draft.tried = plus(draft.tried, request);
        draft.writer(
                first,
                new Writer(writer.node(), authority.appending(envelope), request, state.now()));
        visit(
                from,
                draft,
                () ->
                        "%s appends %s as %d of epoch %d"
                                .formatted(
                                        authority.name(),
                                        request,
                                        envelope.sequence(),
                                        envelope.epoch()));
    }

    private static Part part(Envelope envelope, int number, StoredRow row) {
        return new Part(
                envelope.writer(),
                envelope.generation(),
                envelope.epoch(),
                envelope.sequence(),
                number,
                List.of(row));
    }

    private void readAsWriter(Visit from, boolean first) {
        State state = from.state();
        Writer writer = first ? state.a() : state.b();
        Node node = writer.node();
        if (node.stopped() || node.offset() >= state.log().size()) {
            return;
        }
        int record = state.log().get(node.offset());
        ReadResult result = reader.read(node.at(), records.get(record));
        Authority.Step step = writer.state().reading(rules, result);
        Draft draft = new Draft(state);
        @Nullable Request request = writer.request();
        if (step.fate().isPresent() && request != null) {
            reached.add(step.fate().get() + " " + request);
            switch (step.fate().get()) {
                case DURABLE ->
                        draft.durable =
                                plus(
                                        draft.durable,
                                        new Promise(
                                                request,
                                                new DurableChange(
                                                        result.position().generation(),
                                                        result.position().sequence(),
                                                        Duration.ofSeconds(writer.sentAt())
                                                                .toNanos(),
                                                        Duration.ofSeconds(state.now())
                                                                .toNanos())));
                case NEVER -> draft.never = plus(draft.never, request);
            }
            request = null;
        }
        draft.writer(
                first,
                new Writer(
                        after(node, result, record),
                        step.next(),
                        request,
                        request == null ? 0 : writer.sentAt()));
        visit(from, draft, () -> writer.state().name() + " reads " + text(record));
    }

    private Node after(Node node, ReadResult result, int record) {
        List<Integer> staged = node.staged();
        List<Applied> applied = node.applied();
        switch (result) {
            case ReadResult.Counted counted ->
                    applied = plus(applied, effect(counted.change(), staged));
            case ReadResult.Staged _ -> staged = plus(staged, record);
            case ReadResult.Stopped stopped -> {
                reached.add(stopped.reason().name());
                return new Node(node.offset(), node.at(), staged, applied, true);
            }
            case ReadResult.Ignored ignored -> reached.add(ignored.reason().name());
            case ReadResult.Claimed _, ReadResult.Beaten _, ReadResult.Begun _ -> {}
        }
        return new Node(
                node.offset() + 1,
                result.position(),
                result.position().staged().isPresent() ? staged : List.of(),
                applied,
                false);
    }

    private Applied effect(Change change, List<Integer> staged) {
        Map<String, String> rows = new TreeMap<>();
        List<ClusterRecord> parts = new ArrayList<>(List.of(change));
        staged.forEach(number -> parts.add(records.get(number).record()));
        for (ClusterRecord part : parts) {
            List<StoredRow> some =
                    switch (part) {
                        case Envelope envelope -> envelope.rows();
                        case Part one -> one.rows();
                        default -> List.of();
                    };
            some.forEach(row -> rows.put(text(row.key()), text(row.value().orElseThrow())));
        }
        String request = rows.get("change");
        String status = rows.get("certificate");
        return new Applied(
                request == null ? null : Request.valueOf(request),
                status == null ? null : status.equals("revoked"));
    }

    private static String text(ByteString bytes) {
        return new String(bytes.toArray(), StandardCharsets.UTF_8);
    }

    private void readAsEdge(Visit from) {
        State state = from.state();
        Edge edge = state.edge();
        boolean takesPart = scenario.events().containsKey(Event.REPORT);
        if (!takesPart || edge.node().stopped() || edge.node().offset() >= state.log().size()) {
            return;
        }
        int record = state.log().get(edge.node().offset());
        ReadResult result = reader.read(edge.node().at(), records.get(record));
        Draft draft = new Draft(state);
        draft.node(after(edge.node(), result, record));
        if (result instanceof ReadResult.Beaten beaten) {
            draft.lease(
                    edge.lease()
                            .reading(rules, TestRecords.EDGE, beaten.beat(), moment(edge, state)));
        }
        visit(from, draft, () -> "edge reads " + text(record));
        if (state.may(Event.WITHHELD)) {
            Draft without = state.draft(Event.WITHHELD);
            Node node = edge.node();
            without.node(
                    new Node(node.offset() + 1, node.at(), node.staged(), node.applied(), false));
            visit(from, without, () -> "edge does not receive " + text(record));
        }
    }

    private void report(Visit from) {
        State state = from.state();
        if (state.may(Event.REPORT)) {
            Draft draft = state.draft(Event.REPORT);
            Report report =
                    new Report(
                            TestRecords.EDGE,
                            state.edge().node().at().generation(),
                            state.edge().node().at().sequence(),
                            TestRecords.nonce(200 + state.reports().size()));
            draft.reports = plus(state.reports(), report);
            draft.lease(state.edge().lease().sending(report.nonce(), moment(state.edge(), state)));
            visit(from, draft, () -> "edge reports " + report.sequence());
        }
    }

    private static Lease.Moment moment(Edge edge, State state) {
        return new Lease.Moment(
                Duration.ofSeconds(state.now() - edge.slept()).toNanos(),
                START.plusSeconds(state.now() - edge.back()));
    }

    private void time(Visit from) {
        State state = from.state();
        Edge edge = state.edge();
        if (state.may(Event.TICK)) {
            Draft draft = state.draft(Event.TICK);
            draft.now++;
            visit(from, draft, () -> "tick");
            if (state.may(Event.SLOW_TICK)) {
                tickWrongly(from, Event.SLOW_TICK, 1, 1);
            }
            if (state.may(Event.SLEEP)) {
                tickWrongly(from, Event.SLEEP, 1, 0);
            }
        }
        if (state.may(Event.SET_BACK)) {
            Draft draft = state.draft(Event.SET_BACK);
            draft.edge =
                    new Edge(
                            edge.node(),
                            edge.lease(),
                            edge.slept(),
                            edge.back() + 5,
                            edge.saidRevoked());
            visit(from, draft, () -> "the edge's wall clock is set back");
        }
    }

    private void tickWrongly(Visit from, Event event, int slept, int back) {
        Draft draft = from.state().draft(event);
        draft.left -= Event.TICK.once();
        draft.now++;
        Edge edge = draft.edge;
        draft.edge =
                new Edge(
                        edge.node(),
                        edge.lease(),
                        edge.slept() + slept,
                        edge.back() + back,
                        edge.saidRevoked());
        visit(from, draft, () -> event.toString());
    }

    /// Its disk has lost any part of what it had applied.
    private void restartEdge(Visit from) {
        State state = from.state();
        for (Node node : earlier(state.edge().node(), state)) {
            Draft draft = state.draft(Event.EDGE_RESTART);
            draft.node(node);
            draft.lease(rules.afterRestart(state.edge().lease()));
            visit(from, draft, () -> "edge restarts at offset " + node.offset());
        }
    }

    /// On its disk, or an older one.
    private void restartWriter(Visit from, boolean first) {
        State state = from.state();
        Writer writer = first ? state.a() : state.b();
        String name = writer.state().name();
        for (Node node : earlier(writer.node(), state)) {
            Draft draft = state.draft(Event.AUTHORITY_RESTART);
            draft.writer(first, new Writer(node, rules.afterRestart(name, node.at()), null, 0));
            visit(from, draft, () -> "%s restarts at offset %d".formatted(name, node.offset()));
        }
    }

    /// A node as it was before, up to now.
    private List<Node> earlier(Node now, State state) {
        Node node = new Node(0, ReaderPosition.START, List.of(), List.of(), false);
        List<Node> all = new ArrayList<>(List.of(node));
        for (int record : state.log().subList(0, now.offset())) {
            node = after(node, reader.read(node.at(), records.get(record)), record);
            all.add(node);
        }
        // Everybody has the beginning.
        return all.subList(Math.min(2, now.offset()), all.size());
    }

    private void damage(Visit from) {
        State state = from.state();
        if (state.may(Event.REPLAY)) {
            for (int record : Set.copyOf(state.log())) {
                Draft draft = state.draft(Event.REPLAY);
                draft.log = plus(state.log(), record);
                visit(from, draft, () -> "the log repeats " + text(record));
            }
        }
        if (state.may(Event.TAIL_LOST) && state.log().size() > 2) {
            Draft draft = state.draft(Event.TAIL_LOST);
            draft.log = without(state.log(), state.log().size() - 1);
            visit(from, draft, () -> "the log loses " + text(state.log().getLast()));
        }
        if (state.may(Event.LOG_LOST)) {
            Writer most =
                    state.a().node().at().sequence() >= state.b().node().at().sequence()
                            ? state.a()
                            : state.b();
            ReaderPosition at = most.node().at();
            Draft draft = state.draft(Event.LOG_LOST);
            draft.log =
                    List.of(
                            number(
                                    new Reset(
                                            most.state().name(),
                                            at.generation() + 1,
                                            at.epoch(),
                                            at.sequence(),
                                            at.head())));
            draft.a = atStart(state.a());
            draft.b = atStart(state.b());
            draft.node(atStart(state.edge().node()));
            visit(from, draft, () -> "the log is lost, " + most.state().name() + " begins another");
        }
    }

    private static Writer atStart(Writer writer) {
        return new Writer(
                atStart(writer.node()), writer.state(), writer.request(), writer.sentAt());
    }

    private static Node atStart(Node node) {
        return new Node(0, node.at(), node.staged(), node.applied(), node.stopped());
    }

    // The promises.

    private boolean assigned(Node node) {
        return scenario.assigned() || !node.applied().isEmpty();
    }

    private static boolean revoked(Node node) {
        return !node.applied().isEmpty() && Boolean.TRUE.equals(node.applied().getLast().revoked());
    }

    private Optional<StatusRecord> status(Node node) {
        if (!assigned(node)) {
            return Optional.empty();
        }
        Optional<Revocation> revocation =
                revoked(node)
                        ? Optional.of(
                                new Revocation(
                                        START, RevocationReason.UNSPECIFIED, Optional.empty()))
                        : Optional.empty();
        return Optional.of(
                new StatusRecord.Assigned(AssignedBy.PRECERTIFICATE, Optional.empty(), revocation));
    }

    /// The promises that this state breaks.
    private List<String> broken(State state) {
        List<String> broken = new ArrayList<>();
        Edge edge = state.edge();
        boolean revoked = revoked(edge.node());
        boolean answers =
                edge.lease().allows(rules, status(edge.node()), moment(edge, state), STALENESS);
        boolean saysGood = answers && assigned(edge.node()) && !revoked;
        boolean saysUnassigned = answers && !assigned(edge.node());
        if (saysGood) {
            reached.add("good");
        }
        if (saysUnassigned) {
            reached.add("not assigned");
        }
        if (revoked && answers) {
            reached.add("revoked");
        }
        if (saysGood && state.effective().contains(Request.REVOKE)) {
            broken.add("K2: good after the revocation was effective");
        }
        for (Promise promise : state.durable()) {
            long age = Duration.ofSeconds(state.now()).toNanos() - promise.change().durableNanos();
            if (saysGood
                    && promise.request() == Request.REVOKE
                    && age > STALENESS.plusSeconds(1).toNanos()) {
                broken.add("K3: good long after the revocation was durable");
            }
        }
        if (saysUnassigned && state.effective().contains(Request.ASSIGN)) {
            broken.add("K4: not assigned after the assignment was effective");
        }
        if (edge.saidRevoked() && (saysGood || saysUnassigned)) {
            broken.add("K5: something else after revoked");
        }
        if (revoked && !answers) {
            broken.add("K6: revoked is not served");
        }
        List<Node> nodes = List.of(state.a().node(), state.b().node(), edge.node());
        for (Node node : nodes) {
            if (node.stopped() && !scenario.isDamaging()) {
                broken.add("K8: a node stops, and nothing is lost");
            }
            addBroken(node, state, broken);
            for (Node other : nodes) {
                if (haveParted(node, other)) {
                    broken.add("K7: nodes hold different rows and go on");
                }
            }
        }
        return broken;
    }

    private boolean haveParted(Node node, Node other) {
        if (node.stopped()
                || other.stopped()
                || node.at().generation() != other.at().generation()) {
            return false;
        }
        if (node.at().generation() > 1 || !scenario.events().containsKey(Event.TAIL_LOST)) {
            return node.at().sequence() == other.at().sequence()
                    && !node.applied().equals(other.applied());
        }
        // One may have read the change that was lost, which the other cannot have. That one must
        // apply nothing after it.
        int common = 0;
        int shorter = Math.min(node.applied().size(), other.applied().size());
        while (common < shorter && node.applied().get(common).equals(other.applied().get(common))) {
            common++;
        }
        return shorter > common + 1;
    }

    /// What was promised to clients, in the store of one node.
    private void addBroken(Node node, State state, List<String> broken) {
        if (!node.applied().stream().allMatch(Applied::isWhole)) {
            broken.add("K1: half a change was applied");
            return;
        }
        EnumSet<Request> has = EnumSet.noneOf(Request.class);
        for (Applied change : node.applied()) {
            if (change.request() != null) {
                has.add(change.request());
            }
        }
        boolean follows =
                !node.stopped()
                        && node.at().generation()
                                == records.get(state.log().getFirst()).record().generation();
        for (Request request : state.never()) {
            if (follows && has.contains(request)) {
                broken.add("K9: a change counts of which the opposite was said");
            }
        }
        boolean hasAll = follows && node.offset() == state.log().size();
        for (Promise promise : state.durable()) {
            if (hasAll && !has.contains(promise.request())) {
                broken.add("K1: a durable change is lost");
            }
            if (hasAll && promise.request() == Request.REVOKE && !revoked(node)) {
                broken.add("K1: a durable revocation is undone");
            }
        }
    }

    private String text(int record) {
        ClusterRecord some = records.get(record).record();
        return switch (some) {
            case Envelope e -> "%d of epoch %d".formatted(e.sequence(), e.epoch());
            case Part p ->
                    "part %d of %d of epoch %d".formatted(p.number(), p.sequence(), p.epoch());
            case Seal s -> "seal of %d of epoch %d".formatted(s.sequence(), s.epoch());
            case Claim c -> "claim of epoch %d by %s".formatted(c.epoch(), c.writer());
            case Beat b -> "beat of %s at %d".formatted(b.writer(), b.sequence());
            case Reset r -> "reset to generation " + r.generation();
            case Report r -> r.toString();
            case ClusterRecord.RowDigests d -> d.toString();
        };
    }

    private static <T> List<T> plus(List<T> list, T more) {
        List<T> all = new ArrayList<>(list);
        all.add(more);
        return List.copyOf(all);
    }

    private static <T> List<T> without(List<T> list, int index) {
        List<T> all = new ArrayList<>(list);
        all.remove(index);
        return List.copyOf(all);
    }

    private static <T> Set<T> plus(Set<T> set, T more) {
        Set<T> all = new HashSet<>(set);
        all.add(more);
        return Set.copyOf(all);
    }
}
