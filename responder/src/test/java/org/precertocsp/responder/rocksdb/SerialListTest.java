package org.precertocsp.responder.rocksdb;

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
import org.precertocsp.responder.status.Facts;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;

/// What a store lists, and since when it serves.
final class SerialListTest {
    @TempDir private Path directory = Path.of("");

    private RocksStores open() throws StoreLocked {
        return RocksStores.open(new RocksConfig(directory.resolve("store"), 8 << 20));
    }

    private static void feed(RocksStores store, SerialKey... keys) {
        try (ChangeSet set = store.begin(Facts.source("file"))) {
            for (SerialKey key : keys) {
                set.apply(Facts.precertificate(key));
            }
            set.commit();
        }
    }

    @Test
    void pages_together_are_all_serials_of_the_issuer_in_their_order() throws StoreLocked {
        SerialKey[] ours =
                LongStream.of(0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 1L << 40)
                        .mapToObj(Facts::key)
                        .toArray(SerialKey[]::new);
        try (RocksStores store = open()) {
            feed(store, ours);
            feed(store, new SerialKey(Facts.issuer("other"), Facts.key(5).serial()));

            List<Serial> all = new ArrayList<>();
            Optional<Serial> last = Optional.empty();
            for (List<Serial> page = store.serials(Facts.ISSUER, last, 3);
                    !page.isEmpty();
                    page = store.serials(Facts.ISSUER, last, 3)) {
                assertThat(page).hasSizeLessThanOrEqualTo(3);
                all.addAll(page);
                last = Optional.of(page.getLast());
            }

            assertThat(all).isSorted();
            assertThat(all)
                    .containsExactlyInAnyOrderElementsOf(
                            List.of(ours).stream().map(SerialKey::serial).toList());
            assertThat(store.serials(Facts.issuer("nobody"), Optional.empty(), 3)).isEmpty();
        }
    }

    @Test
    void closed_store_lists_nothing_as_a_failure() throws StoreLocked {
        RocksStores store = open();
        store.close();

        assertThatThrownBy(() -> store.serials(Facts.ISSUER, Optional.empty(), 1))
                .isInstanceOf(StoreFailure.class);
    }

    @Test
    void first_start_is_remembered_for_each_issuer() throws StoreLocked {
        Instant first = Instant.parse("2026-06-01T00:00:00Z");
        Instant later = first.plusSeconds(1_000);
        try (RocksStores store = open()) {
            assertThat(store.firstStart(Facts.ISSUER, first)).isEqualTo(first);
        }
        try (RocksStores store = open()) {
            assertThat(store.firstStart(Facts.ISSUER, later)).isEqualTo(first);
            assertThat(store.firstStart(Facts.issuer("other"), later)).isEqualTo(later);
        }
    }
}
