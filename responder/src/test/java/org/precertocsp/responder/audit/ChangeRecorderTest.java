package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.REVOKED_AT;
import static org.precertocsp.responder.status.TestChanges.certificate;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.precertificate;
import static org.precertocsp.responder.status.TestChanges.revoked;
import static org.precertocsp.responder.status.TestChanges.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.audit.ChangeRecorder.ChangeRecordCodec;
import org.precertocsp.responder.status.CallerIdentity;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.ForwardingChangeSet;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;

/// What is recorded of changes to the real store.
final class ChangeRecorderTest {
    @TempDir Path above;

    private TestAuditLogs books;
    private AuditEventLog events;
    private RocksStore rocks;
    private StatusWriter store;

    @BeforeEach
    void open() throws Exception {
        books = new TestAuditLogs(above, 1 << 20);
        events = events();
        rocks = rocks();
        store = recorded(rocks);
    }

    private StatusWriter recorded(StatusWriter inner) {
        return new ChangeWriter(inner, List.of(new ChangeRecorder(events)));
    }

    private void reopen() throws Exception {
        close();
        events = events();
        rocks = rocks();
        store = recorded(rocks);
    }

    private AuditEventLog events() {
        return AuditEventLog.open(books::settings, AuditLog.OnDamage.BEGIN_ANEW);
    }

    private RocksStore rocks() throws Exception {
        return RocksStore.open(new StoreConfig(above.resolve("store"), 8 << 20));
    }

    @AfterEach
    void close() {
        events.close();
        rocks.close();
    }

    private List<String> recorded() throws IOException {
        return Files.readAllLines(books.folder.resolve("0000000000000000.jsonl")).stream()
                .filter(line -> !line.contains("\"CHECKPOINT\"") && !line.contains("\"SEGMENT\""))
                .toList();
    }

    private void apply(StatusWriter to, StatusChange... changes) {
        try (ChangeSet set = to.begin(source("feed.csv"))) {
            set.applyAll(List.of(changes));
            set.commit();
        }
    }

    @Test
    @Requirement({"LG-03", "LG-12"})
    void every_change_is_recorded_with_its_source_and_found_by_its_serial() throws IOException {
        apply(store, precertificate(KEY));
        apply(store, revoked(KEY, REVOKED_AT, RevocationReason.KEY_COMPROMISE));

        assertThat(recorded().get(0)).contains("\"kind\":\"SET\"", "feed.csv", "sha256");
        assertThat(recorded().get(1))
                .contains("\"" + KEY.serial().toHex() + " + precertificate 1801396800\"");
        assertThat(recorded().get(2)).contains("\"kind\":\"COMMIT\"", "\"changes\":1");
        assertThat(recorded().get(4))
                .contains(
                        KEY.serial().toHex() + " ~ revoke " + REVOKED_AT.getEpochSecond() + " 1 -");
    }

    @Test
    @Requirement("LG-03")
    void a_change_is_recorded_with_the_certificate_of_whoever_made_it() throws IOException {
        ScopedValue.where(CallerIdentity.CURRENT, CallerIdentity.certificate("c0ffee"))
                .run(() -> apply(store, precertificate(KEY)));

        assertThat(recorded().getFirst()).contains("\"certificateSha256\":\"c0ffee\"");
        apply(store, certificate(KEY));
        assertThat(recorded().getLast()).doesNotContain("certificateSha256");
    }

    @Test
    @Requirement({"LG-04", "LG-12"})
    void all_that_was_said_of_a_serial_is_found_with_who_said_it() throws IOException {
        apply(store, precertificate(KEY), certificate(key(0x9999)));
        apply(store, revoked(KEY, REVOKED_AT, RevocationReason.KEY_COMPROMISE));
        try (ChangeSet set = store.begin(source("given-up.csv"))) {
            set.apply(certificate(KEY));
        }

        assertThat(ChangeSearch.find(books.folder, KEY.serial(), _ -> {}))
                .extracting(it -> it.outcome() + ": " + it.change() + ", " + it.source())
                .containsExactly(
                        "added: assigned by precertificate, until 2027-01-31T12:00:00Z, test"
                                + " feed.csv",
                        "changed: revoked at 2026-05-01T08:30:00Z, keyCompromise, test feed.csv");
        assertThat(ChangeSearch.find(books.folder, key(0x7777).serial(), _ -> {})).isEmpty();
    }

    @Test
    void a_recorded_change_that_the_store_never_took_is_told_as_such() throws Exception {
        try (ChangeSet set = store.begin(source("feed.csv"))) {
            LongStream.rangeClosed(0x1000, 0x1000 + ChangeRecordCodec.MAX)
                    .forEach(serial -> set.applyAll(List.of(certificate(key(serial)))));
        }

        assertThat(ChangeSearch.find(books.folder, key(0x1000).serial(), _ -> {}))
                .singleElement()
                .satisfies(it -> assertThat(it.tookEffect()).isFalse());
    }

    @Test
    void a_dry_run_of_any_length_leaves_no_record() throws IOException {
        try (ChangeSet set = store.beginDryRun(source("feed.csv"))) {
            for (long serial = 0x1000; serial <= 0x1000 + ChangeRecordCodec.MAX; serial++) {
                set.applyAll(List.of(certificate(key(serial))));
            }
        }

        assertThat(recorded()).isEmpty();
        assertThat(rocks.find(key(0x1000))).isEmpty();
    }

    @Test
    void what_changes_nothing_is_a_feed_taken_in_and_no_change() throws IOException {
        apply(store, certificate(KEY));
        apply(store, certificate(KEY));

        assertThat(recorded()).hasSize(4);
        assertThat(recorded().getLast()).contains("\"kind\":\"FEED\"").doesNotContain("CHANGES");
    }

    @Test
    void the_record_comes_before_the_effect() throws IOException {
        try (ChangeSet set = store.begin(source("feed.csv"))) {
            set.apply(certificate(KEY));
            events.close();
            assertThatThrownBy(set::commit).isInstanceOf(StoreException.class);
        }
        assertThat(rocks.find(KEY)).isEmpty();
    }

    @Test
    void a_large_set_goes_out_in_several_records() throws IOException {
        StatusChange[] changes =
                LongStream.rangeClosed(0x1000, 0x1000 + ChangeRecordCodec.MAX)
                        .mapToObj(serial -> certificate(key(serial)))
                        .toArray(StatusChange[]::new);
        apply(store, changes);

        assertThat(recorded()).filteredOn(line -> line.contains("\"CHANGES\"")).hasSize(2);
    }

    @Test
    void a_set_given_up_is_recorded_as_void() throws IOException {
        try (ChangeSet set = store.begin(source("feed.csv"))) {
            for (long serial = 0x1000; serial <= 0x1000 + ChangeRecordCodec.MAX; serial++) {
                set.apply(certificate(key(serial)));
            }
        }
        assertThat(recorded().getLast()).contains("\"kind\":\"VOID\"", "given up");
    }

    /// A store whose disk is full when a set is committed.
    private static StatusWriter refusing(StatusWriter inner) {
        return source -> new RefusedSet(inner.begin(source));
    }

    private record RefusedSet(ChangeSet set) implements ForwardingChangeSet {
        @Override
        public void commit() {
            throw new StoreException("No space left on device", null);
        }
    }

    @Test
    void a_set_that_the_store_refused_is_void_before_the_next_one() throws Exception {
        StatusWriter refusing = recorded(refusing(rocks));
        assertThatThrownBy(() -> apply(refusing, certificate(KEY)))
                .isInstanceOf(StoreException.class);
        assertThat(recorded().getLast()).contains("\"FAILED\"", "No space left");

        apply(store, certificate(key(0x9001)));

        assertThat(recorded()).filteredOn(line -> line.contains("\"VOID\"")).hasSize(1);
        assertThat(ChangeSearch.find(books.folder, KEY.serial(), _ -> {}))
                .singleElement()
                .satisfies(it -> assertThat(it.tookEffect()).isFalse());
    }

    @Test
    void a_set_that_the_store_refused_is_void_after_a_restart() throws Exception {
        StatusWriter refusing = recorded(refusing(rocks));
        assertThatThrownBy(() -> apply(refusing, certificate(KEY)))
                .isInstanceOf(StoreException.class);
        reopen();

        assertThat(new StoreRecovery(books.folder, rocks.commitMark()).settle(events))
                .isInstanceOf(StoreRecovery.Comparison.InStep.class);
        assertThat(recorded()).filteredOn(line -> line.contains("\"VOID\"")).hasSize(1);
    }

    @Test
    @Requirement("SA-11")
    void a_recorded_set_that_nobody_was_told_to_have_failed_is_never_void() throws Exception {
        apply(store, certificate(KEY));
        long set = events.append(AuditEventLog.SET, Map.of());
        events.append(AuditEventLog.COMMIT, Map.of("set", set, "mark", "00".repeat(32)));
        reopen();

        assertThatThrownBy(() -> apply(store, certificate(key(0x9001))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("audit replay");
        assertThat(recorded()).noneMatch(line -> line.contains("\"VOID\""));
    }

    @Test
    void a_set_that_took_effect_before_a_crash_is_not_void() throws Exception {
        apply(store, certificate(KEY));
        reopen();

        apply(store, certificate(key(0x9001)));

        assertThat(recorded()).noneMatch(line -> line.contains("\"VOID\""));
    }

    @Test
    @Requirement("LG-03")
    void a_start_without_a_stop_before_it_is_a_crash() throws Exception {
        events.record(event(AuditEvent.Kind.START));
        events.record(event(AuditEvent.Kind.STOP));
        events.record(event(AuditEvent.Kind.START));
        reopen();
        events.record(event(AuditEvent.Kind.START));

        assertThat(recorded())
                .extracting(line -> line.replaceAll(".*\"kind\":\"([A-Z_]+)\".*", "$1"))
                .containsExactly("START", "STOP", "START", "CRASH_FOUND", "START");
    }

    private static AuditEvent event(AuditEvent.Kind kind) {
        return new AuditEvent(kind, "operator alice", Map.of("pid", "1"));
    }
}
