package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.precertocsp.responder.cluster.ClusterHistory.Violation;
import org.precertocsp.responder.cluster.ClusterSimulation.Defect;
import org.precertocsp.responder.cluster.ClusterSimulation.Outcome;
import org.precertocsp.responder.cluster.ClusterSimulation.Plan;
import org.precertocsp.responder.cluster.ClusterSimulation.Trouble;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.slf4j.LoggerFactory;

/// The promises hold in many simulated minutes, each from a seed, and a cluster recovers from each.
/// Where a rule is broken, or something around the rules, the model finds it, the simulation, or
/// both.
///
/// A seed that fails is run again, with all that happens in words, by the system property
/// `simulation.seed`. More seeds: `effort` times 300, from `simulation.first` on.
final class ClusterSimulationTest {
    private static final long FIRST = Long.getLong("simulation.first", 1);
    private static final int SEEDS = 300 * Integer.getInteger("effort", 1);

    /// What nodes say of forged records, lost logs and the like is expected here.
    @BeforeAll
    static void logNothing() {
        setLevel(Level.OFF);
    }

    @AfterAll
    static void logAsBefore() {
        setLevel(null);
    }

    private static void setLevel(@Nullable Level level) {
        ((Logger) LoggerFactory.getLogger(Follower.class.getPackageName())).setLevel(level);
    }

    private static Optional<String> wrong(Outcome outcome) {
        return outcome.problem()
                .or(
                        () ->
                                outcome.history().violations().stream()
                                        .findFirst()
                                        .map(Violation::toString));
    }

    @Test
    void promises_hold_whatever_happens() {
        Long single = Long.getLong("simulation.seed");
        if (single != null) {
            Outcome outcome = ClusterSimulation.run(Plan.of(single).traced());
            assertThat(wrong(outcome))
                    .as("seed %d:%n%s", single, String.join("\n", outcome.trace()))
                    .isEmpty();
            return;
        }
        Map<String, Integer> counts = new TreeMap<>();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            Outcome outcome = ClusterSimulation.run(Plan.of(seed));

            assertThat(wrong(outcome)).as("run it again with -Dsimulation.seed=%d", seed).isEmpty();
            outcome.counts().forEach((what, count) -> counts.merge(what, count, Integer::sum));
        }
        for (String what :
                List.of(
                        "GOOD",
                        "REVOKED",
                        "UNAUTHORIZED",
                        "TRY_LATER",
                        "Durable",
                        "Effective",
                        "Never",
                        "Restarted",
                        "Claimed",
                        "Rows")) {
            assertThat(counts.getOrDefault(what, 0)).as(what).isGreaterThan(SEEDS);
        }
    }

    @Test
    void a_seed_gives_the_same_history() {
        Plan plan = Plan.of(4);

        assertThat(ClusterSimulation.run(plan).history())
                .isEqualTo(ClusterSimulation.run(plan).history());
    }

    /// What the simulation finds of the rules that the model breaks. Where it says no promise, the
    /// model alone finds it, since it takes what is rare (two processes of one name in one epoch),
    /// or beyond this simulation (a log that loses its newest record or hides one).
    ///
    /// | promise found broken first | the seed from which on to look |
    /// |---|---|
    private static final List<Arguments> RULES =
            List.of(
                    rule("records of a log that was replaced count", "K9", 1),
                    rule("changes behind a claim count", "K9", 1),
                    rule("an epoch can be claimed twice", "K9", 30),
                    rule("a repeated change is a new one", "K8", 1),
                    rule("a change may continue any history", "", 0),
                    rule("a seal does not need all parts", "K", 30),
                    rule("a reader follows a log that lacks changes", "", 0),
                    rule("a reader follows a log with another history", "", 0),
                    rule("a claim is known by its writer's name", "", 0),
                    rule("a claim that was sent is enough to write", "K9", 1),
                    rule("a seal that was read back is durable, whether it counts or not", "K", 1),
                    rule("what was sent before a claim is durable", "K9", 1),
                    rule("in doubt, an authority goes on", "K", 25),
                    rule("a process continues the epoch of the one before", "", 0),
                    rule("a lease runs from the moment the echo was read", "", 0),
                    rule("a beat proves something where a change is missing", "", 0),
                    rule("only the monotonic clock counts", "", 0),
                    rule("only the wall clock counts", "", 0),
                    rule("a lease lasts a second longer", "", 0),
                    rule("a lease outlives its process", "", 0),
                    rule("good needs no lease", "K2", 1),
                    rule("not assigned needs no lease", "K4", 1),
                    rule("revoked needs a lease", "K6", 1),
                    rule("a report holds for the next generation", "", 0),
                    rule("any report will do", "K", 1),
                    rule("the wait begins when a change is sent", "", 0),
                    rule("the wait has no margin for clocks", "", 0));

    private static Arguments rule(String mutant, String promise, long from) {
        return Arguments.of(mutant, promise, from);
    }

    private static final int LOOK_AT = 60;

    private static Optional<String> firstFound(Plan plan, long from) {
        for (long seed = from; seed < from + LOOK_AT; seed++) {
            Outcome outcome =
                    ClusterSimulation.run(
                            new Plan(
                                    seed,
                                    plan.rules(),
                                    plan.defect(),
                                    plan.allowed(),
                                    plan.disks(),
                                    false));
            List<Violation> violations = outcome.history().violations();
            if (!violations.isEmpty()) {
                return Optional.of(violations.getFirst().promise());
            }
        }
        return Optional.empty();
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("RULES")
    void a_broken_rule_is_found(String mutant, String promise, long from) {
        ClusterModelTest.Mutant broken =
                ClusterModelTest.MUTANTS.stream()
                        .filter(some -> some.name().equals(mutant))
                        .findFirst()
                        .orElseThrow();
        if (!promise.isEmpty()) {
            assertThat(firstFound(Plan.of(0).with(broken.rules()), from).orElse("none"))
                    .startsWith(promise);
        }
    }

    @Test
    void each_broken_rule_of_the_model_is_in_the_table() {
        assertThat(RULES.stream().map(row -> row.get()[0]))
                .containsExactlyElementsOf(
                        ClusterModelTest.MUTANTS.stream()
                                .map(ClusterModelTest.Mutant::name)
                                .toList());
    }

    /// What the model cannot break, since it is not a rule.
    static final List<Arguments> DEFECTS =
            List.of(
                    Arguments.of("a lease is kept", "K4", 1, defect(0)),
                    Arguments.of("records are not checked", "K8", 1, defect(1)),
                    Arguments.of("only the monotonic clock is read", "K4", 1, defect(2)),
                    Arguments.of("only the wall clock is read", "K4", 60, defect(3)),
                    Arguments.of("an append that succeeded is durable", "K1", 1, defect(4)),
                    Arguments.of("a replaced log goes on at its offsets", "K8", 1_560, defect(5)));

    private static Defect defect(int which) {
        return new Defect(which == 0, which == 1, which == 2, which == 3, which == 4, which == 5);
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("DEFECTS")
    void a_defect_around_the_rules_is_found(String name, String promise, long from, Defect defect) {
        assertThat(firstFound(Plan.of(0).with(defect), from)).as(name).contains(promise);
    }

    /// The real store gives the same history as the one in memory: what nodes commit, apply, report
    /// and answer, and when. What a crash loses of it is left out, since a file system in memory
    /// loses nothing.
    @Test
    void the_real_store_gives_the_same_history(@TempDir Path directory) {
        Set<Trouble> troubles = EnumSet.allOf(Trouble.class);
        troubles.removeAll(EnumSet.of(Trouble.KILL, Trouble.PARTS));
        Set<String> events = new HashSet<>();
        for (long seed = FIRST; seed < FIRST + 4L * Integer.getInteger("effort", 1); seed++) {
            Path ofSeed = directory.resolve("seed " + seed);
            Plan plan = Plan.of(seed);
            Outcome inMemory =
                    ClusterSimulation.run(plan.with(troubles, ClusterSimulation.Disks.IN_MEMORY));
            Outcome onDisk =
                    ClusterSimulation.run(
                            plan.with(
                                    troubles,
                                    (node, synced) -> new RocksDisk(ofSeed.resolve(node), synced)));

            assertThat(ordered(onDisk)).as("seed %d", seed).isEqualTo(ordered(inMemory));
            assertThat(wrong(onDisk)).as("seed %d", seed).isEmpty();
            events.addAll(inMemory.counts().keySet());
        }
        assertThat(events).contains("Durable", "Effective", "REVOKED", "TRY_LATER");
    }

    private static List<ClusterHistory.Event> ordered(Outcome outcome) {
        List<ClusterHistory.Event> events = new ArrayList<>(outcome.history().events());
        events.sort(
                Comparator.comparingLong(ClusterHistory.Event::nanos)
                        .thenComparing(Object::toString));
        return events;
    }

    /// A directory with a RocksDB.
    private static final class RocksDisk implements SimulatedDisk {
        private final Path directory;
        private final Path copy;
        private final boolean synced;
        private Optional<RocksStore> store = Optional.empty();
        private boolean copied;

        RocksDisk(Path directory, boolean synced) {
            this.directory = directory;
            this.copy = directory.resolveSibling("copy of " + directory.getFileName());
            this.synced = synced;
        }

        @Override
        public ReplicatedStore open() {
            try {
                RocksStore opened = RocksStore.open(new StoreConfig(directory, 8 << 20));
                store = Optional.of(opened);
                return synced ? opened.replica() : opened.answeringReplica();
            } catch (StoreLockedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Optional<StatusRecord> find(SerialKey key) {
            return store.orElseThrow().find(key);
        }

        @Override
        public void crash(Random losing) {
            close();
        }

        @Override
        public void copy() {
            try {
                if (copied) {
                    TestFiles.replace(directory, copy);
                } else {
                    TestFiles.copy(directory, copy);
                }
                copied = true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void restore() {
            if (copied) {
                try {
                    TestFiles.replace(copy, directory);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public void close() {
            store.ifPresent(RocksStore::close);
            store = Optional.empty();
        }
    }
}
