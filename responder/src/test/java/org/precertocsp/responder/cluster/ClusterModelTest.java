package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.Authority.Standing;
import org.precertocsp.responder.cluster.ClusterModel.Event;
import org.precertocsp.responder.cluster.ClusterModel.Request;
import org.precertocsp.responder.cluster.ClusterModel.Result;
import org.precertocsp.responder.cluster.ClusterModel.Scenario;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Change;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.ClusterRecord.Seal;
import org.precertocsp.responder.status.StatusRecord;

/// The promises hold in every state of every scenario; and each rule is needed for it: where one of
/// them is broken, the same search finds a broken promise.
final class ClusterModelTest {
    /// More in the profile `long`: of the ways by chance above all.
    private static final int MORE = Integer.getInteger("model", 1) - 1;

    /// Two authorities compete; their appends are late or lost, one of them loses its disk.
    private static final Scenario WRITERS =
            new Scenario("writers", Request.REVOKE, Request.AMEND)
                    .with(Event.CLAIM, 2)
                    .with(Event.DOUBT, 1)
                    .with(Event.AUTHORITY_RESTART, 1);

    /// As the writers, and the log repeats what it likes.
    private static final Scenario REPLAYS =
            new Scenario("replays", Request.REVOKE, Request.AMEND)
                    .with(Event.CLAIM, 1)
                    .with(Event.DOUBT, 1)
                    .with(Event.REPLAY, 1);

    /// As the writers, with sets in parts.
    private static final Scenario PARTS =
            new Scenario("parts", Request.REVOKE)
                    .partly()
                    .with(Event.CLAIM, 1)
                    .with(Event.DOUBT, 1)
                    .with(Event.REPLAY, MORE);

    /// An edge gets leases from both authorities, one of which may lag.
    private static final Scenario LEASES =
            new Scenario("leases", Request.REVOKE)
                    .with(Event.BEAT, 1)
                    .with(Event.REPORT, 1)
                    .with(Event.TICK, 4);

    /// An edge restarts, and its disk has lost some of the newest changes.
    private static final Scenario RESTARTS =
            new Scenario("restarts", Request.REVOKE)
                    .lonely()
                    .with(Event.BEAT, 1 + MORE)
                    .with(Event.REPORT, 2)
                    .with(Event.TICK, 1)
                    .with(Event.EDGE_RESTART, 1);

    private static final Scenario ASSIGNMENT =
            new Scenario("assignment", Request.ASSIGN)
                    .lonely()
                    .unassigned()
                    .with(Event.BEAT, 1)
                    .with(Event.REPORT, 1)
                    .with(Event.TICK, 3)
                    .with(Event.EDGE_RESTART, 1);

    private static final Scenario SLEEPING_EDGE =
            new Scenario("sleeping edge", Request.REVOKE)
                    .lonely()
                    .with(Event.BEAT, 1)
                    .with(Event.REPORT, 1)
                    .with(Event.TICK, 4)
                    .with(Event.SLOW_TICK, 1)
                    .with(Event.SLEEP, 2);

    private static final Scenario EDGE_SET_BACK =
            new Scenario("edge set back", Request.REVOKE)
                    .lonely()
                    .with(Event.BEAT, 1)
                    .with(Event.REPORT, 1)
                    .with(Event.TICK, 4)
                    .with(Event.SLOW_TICK, 1)
                    .with(Event.SET_BACK, 1);

    private static final Scenario LOG_LOST =
            new Scenario("log lost", Request.REVOKE, Request.AMEND)
                    .with(Event.LOG_LOST, 1)
                    .with(Event.REPORT, 2);

    /// As before, and an edge that has refused the new log has a lease.
    private static final Scenario LOG_LOST_IN_A_LEASE =
            new Scenario("log lost in a lease", Request.AMEND, Request.REVOKE)
                    .lonely()
                    .with(Event.LOG_LOST, 1)
                    .with(Event.CLAIM, 1)
                    .with(Event.BEAT, 1)
                    .with(Event.REPORT, 2);

    /// A log that loses what was read breaks promises; nodes must not part all the same.
    private static final Scenario TAIL_LOST =
            new Scenario("tail lost", Request.REVOKE, Request.AMEND, Request.AMEND_AGAIN)
                    .only("K5 K7")
                    .with(Event.TAIL_LOST, 1)
                    .with(Event.CLAIM, 1)
                    .with(Event.BEAT, 1);

    /// First its newest record, then all.
    private static final Scenario ALL_LOST =
            new Scenario("all lost", Request.REVOKE, Request.AMEND)
                    .only("K5 K7")
                    .with(Event.TAIL_LOST, 1)
                    .with(Event.LOG_LOST, 1)
                    .with(Event.CLAIM, 1 + MORE);

    /// The edge does not receive some record. The echo is that of the holder, which is known to
    /// have read all that is durable.
    private static final Scenario WITHHELD =
            new Scenario("withheld", Request.REVOKE)
                    .lonely()
                    .only("K2 K3 K5 K7")
                    .with(Event.WITHHELD, 1)
                    .with(Event.BEAT, 1)
                    .with(Event.REPORT, 1 + MORE)
                    .with(Event.TICK, 4);

    /// Claims, leases and time at once.
    private static final Scenario TAKEOVER =
            new Scenario("takeover", Request.REVOKE)
                    .with(Event.CLAIM, 1)
                    .with(Event.BEAT, 1)
                    .with(Event.REPORT, 1)
                    .with(Event.TICK, 2 + MORE);

    static final List<Arguments> SCENARIOS =
            List.of(
                    Arguments.of(WRITERS, "DURABLE AMEND,NEVER REVOKE,OLD_EPOCH"),
                    Arguments.of(REPLAYS, "DURABLE REVOKE,NEVER REVOKE,REPLAYED"),
                    Arguments.of(PARTS, "DURABLE REVOKE,NEVER REVOKE,INCOMPLETE"),
                    Arguments.of(LEASES, "good,revoked,effective REVOKE"),
                    Arguments.of(RESTARTS, "good,revoked,effective REVOKE"),
                    Arguments.of(ASSIGNMENT, "good,not assigned,effective ASSIGN"),
                    Arguments.of(SLEEPING_EDGE, "good,effective REVOKE"),
                    Arguments.of(EDGE_SET_BACK, "good,effective REVOKE"),
                    Arguments.of(LOG_LOST, "LOST_CHANGES,OLD_GENERATION"),
                    Arguments.of(LOG_LOST_IN_A_LEASE, "good,LOST_CHANGES"),
                    Arguments.of(TAIL_LOST, "DIVERGED,GAP"),
                    Arguments.of(ALL_LOST, "DIVERGED"),
                    Arguments.of(WITHHELD, "good,GAP,effective REVOKE"),
                    Arguments.of(TAKEOVER, "good,NEVER REVOKE,effective REVOKE,OLD_EPOCH"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("SCENARIOS")
    void promises_hold_in_every_state(Scenario scenario, String reached) {
        Result result = new ClusterModel(scenario, ClusterRules.CONTRACT).search();

        assertThat(result.violation()).isEmpty();
        assertThat(result.reached()).as("what the search has seen").contains(reached.split(","));
    }

    /// Everything at once, and often: too many states to visit, so some ways through them.
    private static final Scenario LIFE =
            new Scenario("life", Request.AMEND, Request.REVOKE, Request.AMEND_AGAIN)
                    .with(Event.CLAIM, 5)
                    .with(Event.DOUBT, 1)
                    .with(Event.AUTHORITY_RESTART, 1)
                    .with(Event.REPLAY, 3)
                    .with(Event.BEAT, 8)
                    .with(Event.REPORT, 8)
                    .with(Event.TICK, 15)
                    .with(Event.EDGE_RESTART, 2)
                    .with(Event.SLOW_TICK, 1)
                    .with(Event.SLEEP, 3);

    @Test
    void promises_hold_on_long_ways() {
        Set<String> reached = new TreeSet<>();
        for (int seed = 0; seed < 100 + 3_000 * MORE; seed++) {
            Scenario scenario = seed % 2 == 0 ? LIFE : LIFE.partly();
            Result result =
                    new ClusterModel(scenario, ClusterRules.CONTRACT).walk(new Random(seed));

            assertThat(result.violation()).as("seed %d", seed).isEmpty();
            reached.addAll(result.reached());
        }
        assertThat(reached)
                .contains("good", "effective REVOKE", "NEVER REVOKE", "OLD_EPOCH", "REPLAYED");
    }

    /// A rule that is broken.
    record Mutant(String name, Scenario scenario, String promise, ClusterRules rules) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Mutant> MUTANTS =
            List.of(
                    new Mutant(
                            "records of a log that was replaced count",
                            LOG_LOST,
                            "K9",
                            new ClusterRules() {
                                @Override
                                public boolean isOldGeneration(
                                        ReaderPosition at, ClusterRecord record) {
                                    return false;
                                }
                            }),
                    new Mutant(
                            "changes behind a claim count",
                            WRITERS,
                            "K9",
                            new ClusterRules() {
                                @Override
                                public boolean isOldEpoch(ReaderPosition at, Change change) {
                                    return false;
                                }
                            }),
                    new Mutant(
                            "an epoch can be claimed twice",
                            REPLAYS,
                            "K9",
                            new ClusterRules() {
                                @Override
                                public boolean takesOver(ReaderPosition at, Claim claim) {
                                    return claim.epoch() >= at.epoch();
                                }
                            }),
                    new Mutant(
                            "a repeated change is a new one",
                            REPLAYS,
                            "K8",
                            new ClusterRules() {
                                @Override
                                public boolean isRepeated(ReaderPosition at, Change change) {
                                    return false;
                                }
                            }),
                    new Mutant(
                            "a change may continue any history",
                            TAIL_LOST,
                            "K7",
                            new ClusterRules() {
                                @Override
                                public boolean continues(ReaderPosition at, ByteString previous) {
                                    return true;
                                }
                            }),
                    new Mutant(
                            "a seal does not need all parts",
                            PARTS,
                            "K1",
                            new ClusterRules() {
                                @Override
                                public boolean isComplete(ReaderPosition at, Seal seal) {
                                    return true;
                                }
                            }),
                    new Mutant(
                            "a reader follows a log that lacks changes",
                            LOG_LOST,
                            "K",
                            new ClusterRules() {
                                @Override
                                public boolean begins(ReaderPosition at, Reset reset) {
                                    return reset.sequence() <= at.sequence();
                                }
                            }),
                    new Mutant(
                            "a reader follows a log with another history",
                            ALL_LOST,
                            "K7",
                            new ClusterRules() {
                                @Override
                                public boolean begins(ReaderPosition at, Reset reset) {
                                    return reset.sequence() == at.sequence();
                                }
                            }),
                    new Mutant(
                            "a claim is known by its writer's name",
                            WRITERS,
                            "K1",
                            new ClusterRules() {
                                @Override
                                public boolean isOwn(
                                        String name, Standing.Claiming claiming, Claim claim) {
                                    return claim.writer().equals(name);
                                }
                            }),
                    new Mutant(
                            "a claim that was sent is enough to write",
                            WRITERS,
                            "K",
                            new ClusterRules() {
                                @Override
                                public Optional<Long> writableEpoch(Standing standing) {
                                    return standing instanceof Standing.Claiming claiming
                                            ? Optional.of(claiming.epoch())
                                            : ClusterRules.super.writableEpoch(standing);
                                }
                            }),
                    new Mutant(
                            "a seal that was read back is durable, whether it counts or not",
                            PARTS,
                            "K1",
                            new ClusterRules() {
                                @Override
                                public boolean isDurable(
                                        Authority.Outstanding outstanding, ReadResult result) {
                                    return ClusterRules.super.isDurable(outstanding, result)
                                            || result instanceof ReadResult.Ignored;
                                }
                            }),
                    new Mutant(
                            "what was sent before a claim is durable",
                            WRITERS,
                            "K1",
                            new ClusterRules() {
                                @Override
                                public boolean isDurable(
                                        Authority.Outstanding outstanding, ReadResult result) {
                                    return ClusterRules.super.isDurable(outstanding, result)
                                            || result instanceof ReadResult.Claimed;
                                }
                            }),
                    new Mutant(
                            "in doubt, an authority goes on",
                            WRITERS,
                            "K1",
                            new ClusterRules() {
                                @Override
                                public Authority afterDoubt(Authority authority) {
                                    return new Authority(
                                            authority.name(),
                                            authority.standing(),
                                            Optional.empty());
                                }
                            }),
                    new Mutant(
                            "a process continues the epoch of the one before",
                            WRITERS,
                            "K1",
                            new ClusterRules() {
                                @Override
                                public Authority afterRestart(String name, ReaderPosition at) {
                                    return at.holder().equals(Optional.of(name))
                                            ? new Authority(
                                                    name,
                                                    new Standing.Active(at.epoch()),
                                                    Optional.empty())
                                            : ClusterRules.super.afterRestart(name, at);
                                }
                            }),
                    new Mutant(
                            "a lease runs from the moment the echo was read",
                            LEASES,
                            "K",
                            new ClusterRules() {
                                @Override
                                public Lease.Moment leaseStart(Lease.Sent sent, Lease.Moment read) {
                                    return read;
                                }
                            }),
                    new Mutant(
                            "a beat proves something where a change is missing",
                            WITHHELD,
                            "K",
                            new ClusterRules() {
                                @Override
                                public boolean misses(ReaderPosition at, Beat beat) {
                                    return false;
                                }
                            }),
                    new Mutant(
                            "only the monotonic clock counts",
                            SLEEPING_EDGE,
                            "K",
                            new ClusterRules() {
                                @Override
                                public Duration age(Lease.Moment since, Lease.Moment now) {
                                    return Duration.ofNanos(now.nanos() - since.nanos());
                                }
                            }),
                    new Mutant(
                            "only the wall clock counts",
                            EDGE_SET_BACK,
                            "K",
                            new ClusterRules() {
                                @Override
                                public Duration age(Lease.Moment since, Lease.Moment now) {
                                    return Duration.between(since.wall(), now.wall());
                                }
                            }),
                    new Mutant(
                            "a lease lasts a second longer",
                            SLEEPING_EDGE,
                            "K",
                            new ClusterRules() {
                                @Override
                                public Duration leaseTime(Duration maxStaleness) {
                                    return maxStaleness.plusSeconds(1);
                                }
                            }),
                    new Mutant(
                            "a lease outlives its process",
                            RESTARTS,
                            "K",
                            new ClusterRules() {
                                @Override
                                public Lease afterRestart(Lease before) {
                                    return before;
                                }
                            }),
                    new Mutant(
                            "good needs no lease",
                            LEASES,
                            "K",
                            new ClusterRules() {
                                @Override
                                public boolean needsLease(Optional<StatusRecord> status) {
                                    return status.isEmpty();
                                }
                            }),
                    new Mutant(
                            "not assigned needs no lease",
                            ASSIGNMENT,
                            "K",
                            new ClusterRules() {
                                @Override
                                public boolean needsLease(Optional<StatusRecord> status) {
                                    return status.isPresent()
                                            && ClusterRules.super.needsLease(status);
                                }
                            }),
                    new Mutant(
                            "revoked needs a lease",
                            LEASES,
                            "K6",
                            new ClusterRules() {
                                @Override
                                public boolean needsLease(Optional<StatusRecord> status) {
                                    return true;
                                }
                            }),
                    new Mutant(
                            "a report holds for the next generation",
                            LOG_LOST_IN_A_LEASE,
                            "K2",
                            new ClusterRules() {
                                @Override
                                public boolean hasApplied(
                                        Report report, long generation, long sequence) {
                                    return report.sequence() >= sequence;
                                }
                            }),
                    new Mutant(
                            "any report will do",
                            RESTARTS,
                            "K2",
                            new ClusterRules() {
                                @Override
                                public boolean hasApplied(
                                        Report report, long generation, long sequence) {
                                    return true;
                                }
                            }),
                    new Mutant(
                            "the wait begins when a change is sent",
                            LEASES,
                            "K2",
                            new ClusterRules() {
                                @Override
                                public long effectiveFrom(EdgeReports.DurableChange change) {
                                    return change.sentNanos();
                                }
                            }),
                    new Mutant(
                            "the wait has no margin for clocks",
                            EDGE_SET_BACK,
                            "K2",
                            new ClusterRules() {
                                @Override
                                public Duration effectiveAfter(Duration maxStaleness) {
                                    return maxStaleness;
                                }
                            }));

    @ParameterizedTest(name = "{0}")
    @FieldSource("MUTANTS")
    void a_broken_rule_breaks_a_promise(Mutant mutant) {
        Result result = new ClusterModel(mutant.scenario(), mutant.rules()).search();

        assertThat(result.violation().orElse("none")).startsWith(mutant.promise());
    }

    @Test
    void each_rule_has_a_mutant() {
        Set<String> rules = new TreeSet<>();
        Set<String> broken = new TreeSet<>();
        for (Method method : ClusterRules.class.getDeclaredMethods()) {
            if (method.isDefault()) {
                rules.add(signature(method));
            }
        }
        for (Mutant mutant : MUTANTS) {
            List<Method> methods = new ArrayList<>();
            Stream.of(mutant.rules().getClass().getDeclaredMethods())
                    .filter(method -> rules.contains(signature(method)))
                    .forEach(methods::add);
            assertThat(methods).as(mutant.name()).hasSize(1);
            broken.add(signature(methods.getFirst()));
        }
        assertThat(broken).isEqualTo(rules);
    }

    private static String signature(Method method) {
        return method.getName() + List.of(method.getParameterTypes());
    }
}
