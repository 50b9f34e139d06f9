package org.precertocsp.responder.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.StoreLocked;

/// The rows of a set against a plain map, over a real database.
final class PendingRowsTest {
    @TempDir private Path directory = Path.of("");
    private Optional<Database> open = Optional.empty();

    @BeforeEach
    void openDatabase() throws StoreLocked {
        open = Optional.of(new Opening(new RocksConfig(directory, 8 << 20)).writable());
    }

    @AfterEach
    void closeDatabase() {
        database().close();
    }

    private Database database() {
        return open.orElseThrow();
    }

    @Test
    void rows_are_what_a_map_would_hold_before_and_after_writing() {
        Random random = new Random(7);
        Map<Octets, Optional<Octets>> expected = new HashMap<>();
        for (int round = 0; round < 3; round++) {
            PendingRows rows = new PendingRows(database());
            for (int i = 0; i < 30_000; i++) {
                byte[] key = ByteBuffer.allocate(4).putInt(random.nextInt(20_000)).array();
                if (random.nextInt(5) == 0) {
                    rows.delete(Family.STATUS, key);
                    expected.put(Octets.of(key), Optional.empty());
                } else {
                    byte[] value = new byte[1 + random.nextInt(300)];
                    random.nextBytes(value);
                    rows.put(Family.STATUS, key, value);
                    expected.put(Octets.of(key), Optional.of(Octets.of(value)));
                }
            }
            expected.forEach(
                    (key, value) ->
                            assertThat(rows.get(Family.STATUS, key.toArray()).map(Octets::of))
                                    .isEqualTo(value));
            rows.write();
            expected.forEach(
                    (key, value) ->
                            assertThat(database().get(Family.STATUS, key.toArray()).map(Octets::of))
                                    .isEqualTo(value));
        }
        assertThat(database().isEmpty(Family.HISTORY)).isTrue();
    }

    @Test
    void few_long_rows_leave_memory_before_a_run_of_them_outgrows_what_can_be_mapped() {
        PendingRows rows =
                new PendingRows(database(), new BulkLimits(100_000, 2_000_000, 200_000, 4L << 20));
        for (int i = 0; i < 120; i++) {
            byte[] value = new byte[100_000];
            value[0] = (byte) (1 + i);
            // Some are written again and again: that takes memory, too.
            rows.put(Family.EVIDENCE, new byte[] {(byte) (i % 40)}, value);
        }

        assertThat(rows.isLarge()).isTrue();
        for (int key = 0; key < 40; key++) {
            assertThat(rows.get(Family.EVIDENCE, new byte[] {(byte) key}).orElseThrow()[0])
                    .isEqualTo((byte) (1 + 80 + key));
        }
        rows.forget();
    }

    @Test
    void families_keys_and_lengths_are_kept_apart() {
        PendingRows rows = new PendingRows(database());
        byte[] large = new byte[3 << 20];
        byte[] longKey = new byte[300];
        rows.put(Family.STATUS, new byte[] {0}, new byte[] {1});
        rows.put(Family.EVIDENCE, new byte[] {0}, new byte[] {2});
        rows.put(Family.STATUS, new byte[] {0, 0}, new byte[] {3});
        rows.put(Family.CONFLICTS, longKey, large);
        rows.put(Family.HISTORY, new byte[] {0}, new byte[] {4});

        assertThat(rows.get(Family.STATUS, new byte[] {0})).contains(new byte[] {1});
        assertThat(rows.get(Family.EVIDENCE, new byte[] {0})).contains(new byte[] {2});
        assertThat(rows.get(Family.STATUS, new byte[] {0, 0})).contains(new byte[] {3});
        assertThat(rows.get(Family.HISTORY, new byte[] {0})).contains(new byte[] {4});
        assertThat(rows.get(Family.SOURCES, new byte[] {0})).isEmpty();
        rows.write();
        assertThat(database().get(Family.CONFLICTS, longKey).orElseThrow()).isEqualTo(large);
    }

    @Test
    void row_without_a_value_is_a_bug() {
        PendingRows rows = new PendingRows(database());
        assertThatThrownBy(() -> rows.put(Family.STATUS, new byte[] {0}, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(rows.isEmpty()).isTrue();
    }
}
