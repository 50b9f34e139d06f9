package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.precertocsp.MemoryTempDir;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;

/// Tables and batches are two ways to one store: the same random feeds, few serials and values so
/// that they collide, must leave the same.
final class BulkPropertyTest {
    private static final int SERIALS = 7;
    private static final Instant DAY = Instant.parse("2026-05-01T00:00:00Z");
    private static final Instant LATER = Instant.parse("2030-01-01T00:00:00Z");
    private static final StoreLimits BULK =
            new StoreLimits(1_000_000, Duration.ofMinutes(1), new BulkLimits(1, 5, 1));

    private Path directory = Path.of("");

    @BeforeTry
    void createDirectory() throws IOException {
        directory = MemoryTempDir.create("bulk-property");
    }

    @AfterTry
    void deleteDirectory() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(tries = 25)
    void tables_and_batches_leave_the_same(@ForAll("feeds") List<List<StatusChange>> feeds)
            throws StoreLockedException {
        List<String> batches;
        try (RocksStore store = RocksStore.open(config("batches"))) {
            batches = load(store, feeds);
        }
        List<String> tables;
        try (RocksStore store = RocksStore.open(config("tables"), BULK)) {
            tables = load(store, feeds);
        }
        assertThat(tables).isEqualTo(batches);
        try (RocksStore store = RocksStore.open(config("tables"))) {
            assertThat(state(store))
                    .isEqualTo(tables.subList(tables.size() - SERIALS - 1, tables.size()));
        }
    }

    private StoreConfig config(String name) {
        return new StoreConfig(directory.resolve(name), 8 << 20);
    }

    /// Every outcome, and the state after each feed.
    private static List<String> load(RocksStore store, List<List<StatusChange>> feeds) {
        store.renewals().presign(TestChanges.ISSUER, PresignMode.ALL);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < feeds.size(); i++) {
            try (ChangeSet set = store.begin(TestChanges.source("feed " + i))) {
                List<ChangeOutcome> outcomes = set.applyAll(feeds.get(i));
                set.commit();
                outcomes.forEach(outcome -> seen.add(outcome.toString()));
            }
            seen.addAll(state(store));
        }
        return seen;
    }

    private static List<String> state(RocksStore store) {
        List<String> state = new ArrayList<>();
        for (int i = 0; i < SERIALS; i++) {
            SerialKey key = TestChanges.key(1000 + i);
            assertThat(store.find(key)).isEqualTo(store.dossier(key).record());
            state.add(store.dossier(key).toString());
        }
        state.add(
                store.renewals().due(TestChanges.ISSUER, LATER, 1_000).stream()
                        .map(due -> due.why() + " " + due.place())
                        .toList()
                        .toString());
        return state;
    }

    @Provide
    Arbitrary<List<List<StatusChange>>> feeds() {
        return change().list().ofMaxSize(25).list().ofMinSize(1).ofMaxSize(4);
    }

    private static Arbitrary<StatusChange> change() {
        return Arbitraries.oneOf(
                keys().map(key -> new StatusChange.Announce(key, DAY)),
                keys().map(StatusChange.CancelAnnouncement::new),
                documents(),
                Combinators.combine(keys(), dates()).as(TestChanges::declared),
                Combinators.combine(keys(), dates(), Arbitraries.of(RevocationReason.class))
                        .as(BulkPropertyTest::revoked));
    }

    private static StatusChange revoked(SerialKey key, Instant at, RevocationReason reason) {
        return new StatusChange.Revoke(
                key, new Revocation(at, reason, Optional.empty()), Optional.empty());
    }

    private static Arbitrary<StatusChange> documents() {
        return Combinators.combine(
                        keys(),
                        Arbitraries.of(AssignedBy.PRECERTIFICATE, AssignedBy.CERTIFICATE),
                        Arbitraries.of("one", "other"))
                .as(
                        (key, by, name) ->
                                TestChanges.assigned(
                                        key, by, TestChanges.document(name, by + name)));
    }

    private static Arbitrary<SerialKey> keys() {
        return Arbitraries.integers().between(0, SERIALS - 1).map(i -> TestChanges.key(1000 + i));
    }

    private static Arbitrary<Instant> dates() {
        return Arbitraries.integers().between(0, 2).map(i -> DAY.plus(Duration.ofDays(i)));
    }
}
