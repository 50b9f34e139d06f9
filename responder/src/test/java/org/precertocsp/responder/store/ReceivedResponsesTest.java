package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.source;
import static org.precertocsp.responder.store.TestResponses.NOON;
import static org.precertocsp.responder.store.TestResponses.TEMPLATE;
import static org.precertocsp.responder.store.TestResponses.VALIDITY;
import static org.precertocsp.responder.store.TestResponses.good;
import static org.precertocsp.responder.store.TestResponses.kept;
import static org.precertocsp.responder.store.TestResponses.usual;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.answer.TestTemplates;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;

/// Responses that others signed, in the store of a node without a key.
final class ReceivedResponsesTest {
    private static final List<Long> POSITIONS = List.of(7L, 0L, 1L << 40);

    @TempDir private Path directory = Path.of("");

    private RocksStore store;
    private ReceivedResponses received;

    @BeforeEach
    void open() throws StoreLockedException {
        store = RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
        store.answeringReplica();
        received = store.receivedResponses();
        if (!received.knows(KEY.issuer())) {
            try (ChangeSet set = store.begin(source("a feed"))) {
                set.apply(TestChanges.declared(KEY));
                set.commit();
            }
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Optional<StoredResponse> found() {
        return store.responses().find(usual(KEY));
    }

    private static StoredResponse revoked(Instant thisUpdate) {
        return kept(
                usual(KEY),
                new CertStatus.Revoked(
                        TestChanges.REVOKED_AT, Optional.of(RevocationReason.SUPERSEDED)),
                thisUpdate,
                TEMPLATE);
    }

    @Test
    void what_was_written_is_found_with_the_positions_after_the_store_was_closed()
            throws StoreLockedException {
        assertThat(received.positions()).isEmpty();
        StoredResponse other =
                kept(
                        usual(key(0x77)),
                        new CertStatus.Good(),
                        NOON,
                        TestTemplates.template("another credential"));

        assertThat(received.write(List.of(good(KEY), other), POSITIONS)).isEqualTo(2);
        store.close();
        open();

        assertThat(found()).get().usingRecursiveComparison().isEqualTo(good(KEY));
        assertThat(store.responses().find(other.key()))
                .get()
                .usingRecursiveComparison()
                .isEqualTo(other);
        assertThat(received.positions()).isEqualTo(POSITIONS);
    }

    @Test
    void an_older_response_never_replaces_a_newer_one() {
        StoredResponse newer = good(usual(KEY), NOON.plusSeconds(1));
        received.write(List.of(newer), POSITIONS);

        assertThat(received.write(List.of(good(KEY)), List.of(9L))).isZero();
        assertThat(received.write(List.of(newer), List.of(9L))).as("the same").isZero();

        assertThat(found()).get().usingRecursiveComparison().isEqualTo(newer);
        assertThat(received.positions()).containsExactly(9L);
    }

    @Test
    void of_two_in_one_batch_the_newer_one_is_written() {
        StoredResponse newer = good(usual(KEY), NOON.plusSeconds(1));

        assertThat(received.write(List.of(newer, good(KEY)), POSITIONS)).isEqualTo(1);

        assertThat(found()).get().usingRecursiveComparison().isEqualTo(newer);
    }

    @Test
    @Requirement("SA-11")
    void of_two_signed_in_one_second_revoked_stays() {
        received.write(List.of(good(KEY)), POSITIONS);
        assertThat(received.write(List.of(revoked(NOON)), POSITIONS)).isEqualTo(1);
        assertThat(received.write(List.of(good(KEY)), POSITIONS)).isZero();

        assertThat(found().orElseThrow().status()).isInstanceOf(CertStatus.Revoked.class);
        assertThat(received.write(List.of(good(KEY), revoked(NOON)), POSITIONS)).isZero();
    }

    @Test
    void a_response_may_come_before_the_status_that_it_states() {
        assertThat(received.write(List.of(revoked(NOON)), POSITIONS)).isEqualTo(1);
    }

    @Test
    void nothing_is_planned_for_renewal() throws StoreLockedException {
        store.close();
        try (RocksStore single = RocksStore.open(new StoreConfig(directory.resolve("store"), 8))) {
            single.renewals().presign(KEY.issuer(), PresignMode.ASKED);
            single.responses().keep(good(KEY));
        }
        open();
        received.write(List.of(good(key(0x77))), POSITIONS);
        store.responses().keep(good(key(0x78)));
        store.close();

        try (RocksStore again = RocksStore.open(new StoreConfig(directory.resolve("store"), 8))) {
            assertThat(again.renewals().planned(KEY.issuer(), Instant.EPOCH, 10)).isEmpty();
            assertThat(again.responses().find(usual(KEY))).isPresent();
        }
    }

    @Test
    void expired_responses_are_removed_a_few_at_a_time_and_by_the_next_process_too()
            throws StoreLockedException {
        int all = 20;
        received.write(
                IntStream.range(0, all)
                        .mapToObj(
                                i ->
                                        good(
                                                usual(key(0x1000 + i)),
                                                i % 2 == 0 ? NOON : NOON.plus(Duration.ofDays(1))))
                        .toList(),
                POSITIONS);
        Instant time = NOON.plus(VALIDITY).plusSeconds(1);

        assertThat(received.removeExpired(NOON.plus(VALIDITY), all)).as("in time").isZero();
        assertThat(received.removeExpired(time, 8)).isEqualTo(4);
        store.close();
        open();
        assertThat(received.removeExpired(time, 8)).isEqualTo(4);
        assertThat(received.removeExpired(time, 8)).isEqualTo(2);
        assertThat(received.removeExpired(time, all)).as("from the first again").isZero();

        for (int i = 0; i < all; i++) {
            assertThat(store.responses().find(usual(key(0x1000 + i))).isPresent())
                    .isEqualTo(i % 2 != 0);
        }
        assertThat(received.removeExpired(time.plus(Duration.ofDays(1)), all)).isEqualTo(all / 2);
    }
}
