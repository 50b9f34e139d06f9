package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What clients and operators saw of a cluster, and which of the promises K1 to K9 it breaks: a
/// history checker in the manner of Jepsen. The overview of the package lists the promises.
///
/// All times are of one monotonic clock, that of the observer. It sees a fact later than it
/// happens: a change is durable no later than its [Durable] was received. So requests are compared
/// by the moment they were sent, and facts by the moment they were known: what is reported is
/// broken, whatever the network between did. What is not reported may still be broken, if nobody
/// has looked.
///
/// A serial is assigned once and revoked once; the history begins before the first serial is
/// assigned, or has a [Sent] for what was there.
///
/// @param maxStaleness *S*
/// @param authorities that answer, too: no change waits for them, so what is effective may be new
///   to them, and of K2 and K4 only what holds after *S* is checked
/// @param events in any order
public record ClusterHistory(Duration maxStaleness, Set<String> authorities, List<Event> events) {
    /// After *S* and that a durable change holds everywhere.
    private static final Duration MARGIN = Duration.ofSeconds(1);

    public enum Kind {
        ASSIGN,
        REVOKE
    }

    public enum Said {
        GOOD,
        REVOKED,
        /// Or `unknown`: the serial is not assigned.
        UNAUTHORIZED,
        TRY_LATER,
        /// Not signed by the CA, or about another certificate.
        INVALID
    }

    public sealed interface Event {
        long nanos();
    }

    /// A client begins to ask for a change of some serials.
    ///
    /// @param change names it in this history
    public record Sent(long nanos, String change, Kind kind, Set<String> serials) implements Event {
        public Sent {
            serials = Set.copyOf(serials);
        }
    }

    /// A client was told that a change is durable.
    ///
    /// @param sequence of the change in the log; empty if it is not known exactly
    public record Durable(long nanos, String change, String authority, OptionalLong sequence)
            implements Event {}

    /// A client was told that a change is effective.
    public record Effective(long nanos, String change) implements Event {}

    /// A client was told that a change did not take effect, and never will.
    public record Never(long nanos, String change) implements Event {}

    /// The log has the claim of an authority.
    ///
    /// @param sequence of the newest change before it
    public record Claimed(long nanos, String authority, long epoch, long sequence)
            implements Event {}

    /// An edge, or an authority that answers, was asked.
    ///
    /// @param sentNanos when the request was sent
    /// @param nanos when the answer was received
    /// @param validUntil until when a revoked answer may be served, on the same clock; empty if it
    ///   is not known, or is not to be checked
    public record Answer(
            long sentNanos,
            long nanos,
            String node,
            String serial,
            Said said,
            OptionalLong validUntil)
            implements Event {}

    /// A process ended, or was killed; whatever comes after it is of a new process.
    public record Restarted(long nanos, String node) implements Event {}

    /// The log was damaged on purpose: a node may refuse to follow it, unless it continues what
    /// that node has.
    public record Damaged(long nanos, String what) implements Event {}

    /// A node reads no further.
    ///
    /// @param couldGoOn whether the log was begun anew with just what the node has
    public record Stopped(long nanos, String node, boolean couldGoOn, String why)
            implements Event {}

    /// All rows of a node that every node keeps, at one change.
    public record Rows(long nanos, String node, long generation, long sequence, String digest)
            implements Event {}

    /// In the end, a node that has read the whole log has this in its store.
    ///
    /// @param said what it would say
    public record Holds(long nanos, String node, String serial, Said said) implements Event {}

    /// @param promise such as `K2`
    /// @param causes the events that contradict each other
    public record Violation(String promise, String what, List<Event> causes) {
        public Violation {
            causes = List.copyOf(causes);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(promise).append(": ").append(what);
            causes.forEach(cause -> text.append("\n    ").append(cause));
            return text.toString();
        }
    }

    public ClusterHistory {
        authorities = Set.copyOf(authorities);
        events = List.copyOf(events);
    }

    /// Of edges alone.
    public ClusterHistory(Duration maxStaleness, List<Event> events) {
        this(maxStaleness, Set.of(), events);
    }

    /// The promises that this history breaks, in the order in which it shows.
    ///
    /// @throws IllegalArgumentException the history is no history: a change that nobody sent, or an
    ///   answer before its request
    public List<Violation> violations() {
        return new Check(this).run();
    }

    /// What is known of one change.
    private static final class Change {
        private final Sent sent;
        private @Nullable Event durable;
        private @Nullable Effective effective;
        private @Nullable Never never;

        Change(Sent sent) {
            this.sent = sent;
        }
    }

    /// What is known of one serial: all its changes.
    private static final class Serial {
        private final List<Change> assigning = new ArrayList<>();
        private final List<Change> revoking = new ArrayList<>();

        List<Change> of(Kind kind) {
            return kind == Kind.ASSIGN ? assigning : revoking;
        }

        /// A revocation assigns, too.
        List<Change> all() {
            List<Change> all = new ArrayList<>(assigning);
            all.addAll(revoking);
            return all;
        }
    }

    private static final class Check {
        private final long staleNanos;
        private final Set<String> authorities;
        private final List<Event> events;
        private final Optional<Damaged> damage;
        private final Map<String, Change> changes = new HashMap<>();
        private final Map<String, Serial> serials = new HashMap<>();
        private final List<Violation> violations = new ArrayList<>();

        Check(ClusterHistory history) {
            staleNanos = history.maxStaleness().plus(MARGIN).toNanos();
            authorities = history.authorities();
            events = new ArrayList<>(history.events());
            events.sort(Comparator.comparingLong(Event::nanos));
            damage =
                    events.stream()
                            .filter(Damaged.class::isInstance)
                            .map(Damaged.class::cast)
                            .findFirst();
        }

        List<Violation> run() {
            index();
            answers();
            acknowledgements();
            rows();
            stores();
            stops();
            violations.sort(
                    Comparator.comparingLong(violation -> violation.causes().getLast().nanos()));
            return violations;
        }

        private void broken(String promise, String what, @Nullable Event... causes) {
            List<Event> all = new ArrayList<>();
            for (Event cause : causes) {
                if (cause != null) {
                    all.add(cause);
                }
            }
            all.sort(Comparator.comparingLong(Event::nanos));
            violations.add(new Violation(promise, what, all));
        }

        private void index() {
            for (Event event : events) {
                if (event instanceof Sent sent) {
                    Change change = new Change(sent);
                    if (changes.put(sent.change(), change) != null) {
                        throw new IllegalArgumentException(sent.change() + " was sent twice");
                    }
                    for (String serial : sent.serials()) {
                        serials.computeIfAbsent(serial, _ -> new Serial())
                                .of(sent.kind())
                                .add(change);
                    }
                }
            }
            for (Event event : events) {
                switch (event) {
                    case Durable durable -> {
                        Change change = change(durable.change());
                        change.durable = first(change.durable, durable);
                    }
                    case Effective effective -> {
                        Change change = change(effective.change());
                        change.durable = first(change.durable, effective);
                        if (change.effective == null) {
                            change.effective = effective;
                        }
                    }
                    case Never never -> change(never.change()).never = never;
                    case Answer answer -> {
                        if (answer.nanos() < answer.sentNanos()) {
                            throw new IllegalArgumentException(answer + " came before its request");
                        }
                    }
                    case Sent _, Claimed _, Restarted _, Damaged _, Stopped _, Rows _, Holds _ -> {
                        // No facts of a change.
                    }
                }
            }
        }

        private static Event first(@Nullable Event known, Event event) {
            return known == null ? event : known;
        }

        private Change change(String name) {
            @Nullable Change change = changes.get(name);
            if (change == null) {
                throw new IllegalArgumentException(name + " was not sent");
            }
            return change;
        }

        private Serial serial(String name) {
            return Objects.requireNonNullElseGet(serials.get(name), Serial::new);
        }

        // What clients are answered: K2 to K6, K8, and K9 of what never counts.

        private void answers() {
            Map<String, Map<String, SaidRevoked>> revoked = new HashMap<>();
            Map<String, List<Long>> restarts = new HashMap<>();
            for (Event event : events) {
                if (event instanceof Restarted restarted) {
                    restarts.computeIfAbsent(restarted.node(), _ -> new ArrayList<>())
                            .add(restarted.nanos());
                } else if (event instanceof Answer answer) {
                    answer(answer, serial(answer.serial()));
                    Map<String, SaidRevoked> ofNode =
                            revoked.computeIfAbsent(answer.node(), _ -> new HashMap<>());
                    @Nullable SaidRevoked before = ofNode.get(answer.serial());
                    if (before != null) {
                        afterRevoked(
                                before, answer, restarts.getOrDefault(answer.node(), List.of()));
                    }
                    if (answer.said() == Said.REVOKED) {
                        ofNode.put(
                                answer.serial(),
                                new SaidRevoked(before == null ? answer : before.first(), answer));
                    }
                }
            }
        }

        /// The first and the newest answer of one node that said so.
        private record SaidRevoked(Answer first, Answer newest) {}

        private void answer(Answer answer, Serial serial) {
            switch (answer.said()) {
                case GOOD -> {
                    caused(answer, serial.assigning);
                    for (Change change : serial.revoking) {
                        stale(answer, change, "K2", "K3", "good");
                    }
                    neverSaid(answer, serial.assigning);
                }
                case REVOKED -> {
                    caused(answer, serial.revoking);
                    neverSaid(answer, serial.revoking);
                }
                case UNAUTHORIZED -> {
                    for (Change change : serial.all()) {
                        stale(answer, change, "K4", "K4", "not assigned");
                    }
                }
                case INVALID -> broken("K8", "an answer that no key of the CA has signed", answer);
                case TRY_LATER -> {
                    // Always allowed, but for K6.
                }
            }
        }

        private void stale(Answer answer, Change change, String effect, String age, String said) {
            if (change.effective != null
                    && answer.sentNanos() > change.effective.nanos()
                    && !authorities.contains(answer.node())) {
                broken(
                        effect,
                        "%s said %s of %s after the opposite was effective"
                                .formatted(answer.node(), said, answer.serial()),
                        change.effective,
                        answer);
            } else if (change.durable != null
                    && answer.sentNanos() - change.durable.nanos() > staleNanos) {
                broken(
                        age,
                        "%s said %s of %s later than S and a second after the opposite was durable"
                                .formatted(answer.node(), said, answer.serial()),
                        change.durable,
                        answer);
            }
        }

        /// An answer states what somebody has asked an authority for.
        private void caused(Answer answer, List<Change> by) {
            if (by.stream().noneMatch(change -> change.sent.nanos() <= answer.nanos())) {
                broken(
                        "K8",
                        "%s said %s of %s, which nobody has asked for"
                                .formatted(answer.node(), answer.said(), answer.serial()),
                        answer);
            }
        }

        /// All that could have caused it never counted.
        private void neverSaid(Event seen, List<Change> causes) {
            // A node that refuses the log that replaces a lost one may know more than that has.
            if (damage.isPresent() && seen instanceof Answer) {
                return;
            }
            if (!causes.isEmpty() && causes.stream().allMatch(change -> change.never != null)) {
                broken(
                        "K9",
                        "a change counts of which was said that it never will",
                        causes.getFirst().never,
                        seen);
            }
        }

        private void afterRevoked(SaidRevoked before, Answer answer, List<Long> restarts) {
            if (before.first().nanos() <= answer.sentNanos()
                    && (answer.said() == Said.GOOD || answer.said() == Said.UNAUTHORIZED)) {
                broken(
                        "K5",
                        "%s said %s of %s after revoked"
                                .formatted(answer.node(), answer.said(), answer.serial()),
                        before.first(),
                        answer);
            }
            Answer newest = before.newest();
            if (answer.said() == Said.TRY_LATER
                    && newest.nanos() <= answer.sentNanos()
                    && newest.validUntil().isPresent()
                    && answer.nanos() < newest.validUntil().getAsLong()
                    && restarts.stream()
                            .noneMatch(at -> at >= newest.sentNanos() && at <= answer.nanos())) {
                broken(
                        "K6",
                        "%s has a valid revoked answer of %s and did not serve it"
                                .formatted(answer.node(), answer.serial()),
                        newest,
                        answer);
            }
        }

        // What authorities say: K9.

        private void acknowledgements() {
            TreeMap<Long, Claimed> epochs = new TreeMap<>();
            for (Event event : events) {
                if (event instanceof Claimed claimed) {
                    epochs.put(claimed.epoch(), claimed);
                }
            }
            Map<Long, Durable> bySequence = new HashMap<>();
            for (Event event : events) {
                if (!(event instanceof Durable durable)) {
                    continue;
                }
                Change change = change(durable.change());
                if (change.never != null) {
                    broken("K9", "a change is durable and never will be", change.never, durable);
                }
                if (durable.sequence().isEmpty()) {
                    continue;
                }
                long sequence = durable.sequence().getAsLong();
                Durable other = bySequence.merge(sequence, durable, (old, _) -> old);
                if (!other.authority().equals(durable.authority())) {
                    broken("K9", "two authorities acknowledge one sequence", other, durable);
                }
                holder(epochs, sequence)
                        .filter(claimed -> !claimed.authority().equals(durable.authority()))
                        .ifPresent(
                                claimed ->
                                        broken(
                                                "K9",
                                                "an authority acknowledges what another one held",
                                                claimed,
                                                durable));
            }
        }

        /// The newest claim before a change in the log.
        private static Optional<Claimed> holder(NavigableMap<Long, Claimed> epochs, long sequence) {
            return epochs.descendingMap().values().stream()
                    .filter(claimed -> claimed.sequence() < sequence)
                    .findFirst();
        }

        // What is in stores: K1, K7, and K9 of what never counts.

        private void rows() {
            Map<List<Long>, Rows> first = new HashMap<>();
            for (Event event : events) {
                if (event instanceof Rows rows) {
                    Rows other =
                            first.merge(
                                    List.of(rows.generation(), rows.sequence()),
                                    rows,
                                    (old, _) -> old);
                    if (!other.digest().equals(rows.digest())) {
                        broken("K7", "two nodes hold other rows at one change", other, rows);
                    }
                }
            }
        }

        private void stores() {
            Map<String, Map<String, Holds>> byNode = new TreeMap<>();
            for (Event event : events) {
                if (event instanceof Holds holds) {
                    byNode.computeIfAbsent(holds.node(), _ -> new HashMap<>())
                            .put(holds.serial(), holds);
                    holds(holds);
                }
            }
            byNode.values().forEach(this::whole);
        }

        private void holds(Holds holds) {
            Serial serial = serial(holds.serial());
            boolean revoked = holds.said() == Said.REVOKED;
            boolean assigned = revoked || holds.said() == Said.GOOD;
            for (Change change : serial.all()) {
                if (change.durable != null
                        && !(change.sent.kind() == Kind.REVOKE ? revoked : assigned)) {
                    broken(
                            "K1",
                            "%s does not have a durable change of %s"
                                    .formatted(holds.node(), holds.serial()),
                            change.durable,
                            holds);
                }
            }
            if (revoked) {
                neverSaid(holds, serial.revoking);
            } else if (assigned) {
                neverSaid(holds, serial.assigning);
            }
            if (assigned && (revoked ? serial.revoking : serial.assigning).isEmpty()) {
                broken(
                        "K8",
                        "%s holds %s of %s, which nobody has asked for"
                                .formatted(holds.node(), holds.said(), holds.serial()),
                        holds);
            }
        }

        /// A change takes effect at all of its serials or at none.
        private void whole(Map<String, Holds> node) {
            for (Change change : changes.values()) {
                @Nullable Holds has = null;
                @Nullable Holds lacks = null;
                for (String name : change.sent.serials()) {
                    @Nullable Holds holds = node.get(name);
                    if (holds == null || serial(name).of(change.sent.kind()).size() > 1) {
                        continue;
                    }
                    boolean took =
                            change.sent.kind() == Kind.REVOKE
                                    ? holds.said() == Said.REVOKED
                                    : holds.said() == Said.REVOKED || holds.said() == Said.GOOD;
                    // A revocation assigns, so it hides whether the assignment counted.
                    boolean hidden =
                            change.sent.kind() == Kind.ASSIGN && !serial(name).revoking.isEmpty();
                    if (took && !hidden) {
                        has = holds;
                    } else if (!took) {
                        lacks = holds;
                    }
                }
                if (has != null && lacks != null) {
                    broken("K1", "half of change " + change.sent.change(), has, lacks);
                }
            }
        }

        // What nodes do: K8.

        private void stops() {
            for (Event event : events) {
                if (event instanceof Stopped stopped
                        && (stopped.couldGoOn()
                                || damage.filter(some -> some.nanos() <= stopped.nanos())
                                        .isEmpty())) {
                    broken(
                            "K8",
                            "%s stops, and the log has lost nothing that it has"
                                    .formatted(stopped.node()),
                            stopped);
                }
            }
        }
    }
}
