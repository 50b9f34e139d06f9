package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;

/// What a store lists, and since when it serves.
final class SerialListTest {
    @TempDir private Path directory = Path.of("");

    private RocksStore open() throws StoreLockedException {
        return RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
    }

    private static void feed(RocksStore store, SerialKey... keys) {
        try (ChangeSet set = store.begin(TestChanges.source("file"))) {
            for (SerialKey key : keys) {
                set.apply(TestChanges.precertificate(key));
            }
            set.commit();
        }
    }

    @Test
    void pages_together_are_all_serials_of_the_issuer_in_their_order() throws StoreLockedException {
        SerialKey[] ours =
                LongStream.of(0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 1L << 40)
                        .mapToObj(TestChanges::key)
                        .toArray(SerialKey[]::new);
        try (RocksStore store = open()) {
            feed(store, ours);
            feed(store, new SerialKey(TestChanges.issuer("other"), TestChanges.key(5).serial()));

            List<Serial> all = new ArrayList<>();
            Optional<Serial> last = Optional.empty();
            for (List<Serial> page = store.serials(TestChanges.ISSUER, last, 3);
                    !page.isEmpty();
                    page = store.serials(TestChanges.ISSUER, last, 3)) {
                assertThat(page).hasSizeLessThanOrEqualTo(3);
                all.addAll(page);
                last = Optional.of(page.getLast());
            }

            assertThat(all).isSorted();
            assertThat(all)
                    .containsExactlyInAnyOrderElementsOf(
                            List.of(ours).stream().map(SerialKey::serial).toList());
            assertThat(store.serials(TestChanges.issuer("nobody"), Optional.empty(), 3)).isEmpty();
        }
    }

    @Test
    void closed_store_lists_nothing_as_a_failure() throws StoreLockedException {
        RocksStore store = open();
        store.close();

        assertThatThrownBy(() -> store.serials(TestChanges.ISSUER, Optional.empty(), 1))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void first_start_is_remembered_for_each_issuer() throws StoreLockedException {
        Instant first = Instant.parse("2026-06-01T00:00:00Z");
        Instant later = first.plusSeconds(1_000);
        try (RocksStore store = open()) {
            assertThat(store.firstStart(TestChanges.ISSUER, first)).isEqualTo(first);
        }
        try (RocksStore store = open()) {
            assertThat(store.firstStart(TestChanges.ISSUER, later)).isEqualTo(first);
            assertThat(store.firstStart(TestChanges.issuer("other"), later)).isEqualTo(later);
        }
    }
}
