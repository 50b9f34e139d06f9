package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.status.TestChanges.ISSUER;
import static org.precertocsp.responder.status.TestChanges.REVOKED_AT;
import static org.precertocsp.responder.status.TestChanges.certificate;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.revoked;
import static org.precertocsp.responder.status.TestChanges.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;

/// Flips bits and cuts ends of the files of a store as a crash left them, beside its audit log:
/// every acknowledged revocation is still there, or the store is refused, or known to lack it.
final class StoreDamageFaultTest {
    /// All bits in `-Pfaults`, a sample in the usual build.
    private static final int STEP = Integer.getInteger("faults", 1) >= 10 ? 1 : 23;

    private static final int REVOKED = 12;

    @TempDir Path above;

    private TestAuditLogs books;
    private final Path crashed = Path.of("crashed");

    @BeforeEach
    void acknowledge_and_crash() throws Exception {
        books = new TestAuditLogs(above, 1 << 20);
        try (RocksStore rocks = open(above.resolve("store"));
                AuditEventLog events = events()) {
            StatusWriter store = new ChangeWriter(rocks, List.of(new ChangeRecorder(events)));
            apply(store, certificate(key(0x8000)));
            for (int i = 0; i < REVOKED; i++) {
                apply(store, revoked(key(i), REVOKED_AT, RevocationReason.KEY_COMPROMISE));
            }
            copy(above.resolve("store"), above.resolve(crashed));
        }
    }

    private AuditEventLog events() {
        return AuditEventLog.open(books::settings, AuditLog.OnDamage.BEGIN_ANEW);
    }

    private static RocksStore open(Path directory) throws Exception {
        return RocksStore.open(new StoreConfig(directory, 8 << 20));
    }

    private static void apply(StatusWriter to, StatusChange... changes) {
        try (ChangeSet set = to.begin(source("feed.csv"))) {
            set.applyAll(List.of(changes));
            set.commit();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private Path file(Path store, String pattern) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.filter(it -> it.getFileName().toString().matches(pattern))
                    .max(java.util.Comparator.comparingLong(it -> it.toFile().length()))
                    .orElseThrow();
        }
    }

    /// What becomes of a store whose file is replaced by these bytes.
    private enum Fate {
        REFUSED,
        KNOWN_TO_LACK,
        WHOLE
    }

    private Fate fate(String pattern, byte[] bytes) throws Exception {
        Path copy = Files.createTempDirectory(above, "copy");
        copy(above.resolve(crashed), copy);
        Files.write(file(copy, pattern), bytes);
        try (RocksStore store = open(copy)) {
            StoreRecovery.Comparison comparison =
                    new StoreRecovery(books.folder, store.commitMark()).compare();
            if (!(comparison instanceof StoreRecovery.Comparison.InStep)) {
                return Fate.KNOWN_TO_LACK;
            }
            for (int i = 0; i < REVOKED; i++) {
                assertThat(store.find(key(i)))
                        .hasValueSatisfying(
                                it ->
                                        assertThat(((StatusRecord.Assigned) it).revocation())
                                                .isPresent());
            }
            return Fate.WHOLE;
        } catch (StoreException _) {
            return Fate.REFUSED;
        }
    }

    /// Where the headers of the records in a write-ahead log begin.
    private static List<Integer> headers(byte[] log) {
        List<Integer> headers = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + 7 <= log.length; ) {
            headers.add(at);
            at += 7 + (bytes.getShort(at + 4) & 0xffff);
        }
        return headers;
    }

    private static byte[] flipped(byte[] bytes, long bit) {
        byte[] flipped = bytes.clone();
        flipped[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
        return flipped;
    }

    @Test
    @Requirement("SA-11")
    void no_bit_of_a_record_header_hides_an_acknowledged_revocation() throws Exception {
        byte[] log = Files.readAllBytes(file(above.resolve(crashed), "\\d+\\.log"));
        List<Long> bits = new ArrayList<>();
        for (int header : headers(log)) {
            for (int bit = 0; bit < 56; bit++) {
                bits.add(header * 8L + bit);
            }
        }
        assertThat(bits).hasSizeGreaterThan(REVOKED * 56);
        for (int i = 0; i < bits.size(); i += STEP) {
            assertThat(fate("\\d+\\.log", flipped(log, bits.get(i))))
                    .as("bit " + bits.get(i))
                    .isNotEqualTo(Fate.WHOLE);
        }
    }

    @Test
    @Requirement("SA-11")
    void length_that_leads_behind_the_end_is_not_taken_for_a_crash() throws Exception {
        byte[] log = Files.readAllBytes(file(above.resolve(crashed), "\\d+\\.log"));
        for (int header : headers(log)) {
            byte[] longer = log.clone();
            longer[header + 5] |= 0x40;
            assertThat(fate("\\d+\\.log", longer)).as("header " + header).isEqualTo(Fate.REFUSED);
        }
    }

    @Test
    @Requirement("SA-11")
    void log_that_lost_its_end_is_known_to_lack_what_was_there() throws Exception {
        byte[] log = Files.readAllBytes(file(above.resolve(crashed), "\\d+\\.log"));
        List<Integer> headers = headers(log);
        for (int i = 0; i < headers.size() - 4; i += Math.min(STEP, 5)) {
            assertThat(fate("\\d+\\.log", Arrays.copyOf(log, headers.get(i))))
                    .as("cut before record " + i)
                    .isEqualTo(Fate.KNOWN_TO_LACK);
            assertThat(fate("\\d+\\.log", Arrays.copyOf(log, headers.get(i) + 11)))
                    .as("cut in record " + i)
                    .isEqualTo(Fate.KNOWN_TO_LACK);
        }
        assertThat(fate("\\d+\\.log", new byte[0])).isEqualTo(Fate.KNOWN_TO_LACK);
    }

    @Test
    void sector_of_zeros_hides_nothing() throws Exception {
        byte[] log = Files.readAllBytes(file(above.resolve(crashed), "\\d+\\.log"));
        for (int at = 0; at + 512 < log.length; at += 512) {
            byte[] zeroed = log.clone();
            Arrays.fill(zeroed, at, at + 512, (byte) 0);
            assertThat(fate("\\d+\\.log", zeroed)).as("from " + at).isNotEqualTo(Fate.WHOLE);
        }
    }

    @Test
    void no_bit_of_any_other_file_hides_an_acknowledged_revocation() throws Exception {
        // Closed and opened again, so that there are tables.
        Path store = above.resolve("closed");
        copy(above.resolve(crashed), store);
        open(store).close();
        Path tables = above.resolve(crashed);
        try (Stream<Path> files = Files.list(tables)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        copy(store, tables);
        Random random = new Random(11);
        List<Path> all;
        try (Stream<Path> files = Files.list(tables)) {
            all = files.sorted().toList();
        }
        for (Path file : all) {
            String name = file.getFileName().toString();
            byte[] bytes = Files.readAllBytes(file);
            int flips = name.startsWith("LOG") || bytes.length == 0 ? 0 : 80 / STEP + 2;
            for (int i = 0; i < flips; i++) {
                long bit = random.nextLong(bytes.length * 8L);
                // Fails where a revocation is missing.
                fate(name, flipped(bytes, bit));
            }
            if (name.startsWith("MANIFEST")) {
                for (int header : headers(bytes)) {
                    for (int bit = 32; bit < 48; bit += STEP == 1 ? 1 : 5) {
                        assertThat(fate(name, flipped(bytes, header * 8L + bit)))
                                .as("bit %d of %d".formatted(bit, header))
                                .isNotEqualTo(Fate.WHOLE);
                    }
                }
            }
        }
    }

    @Test
    void store_without_its_file_current_is_refused_and_not_emptied() throws Exception {
        Path copy = above.resolve("no current");
        copy(above.resolve(crashed), copy);
        Files.delete(copy.resolve("CURRENT"));
        Path log = file(copy, "\\d+\\.log");
        long length = Files.size(log);

        assertThatThrownBy(() -> open(copy).close())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("CURRENT is gone");
        assertThat(log).hasSize(length);
    }

    @Test
    void message_about_a_damaged_or_missing_file_says_how_the_store_is_rebuilt() throws Exception {
        for (boolean missing : List.of(true, false)) {
            Path copy = Files.createTempDirectory(above, "copy");
            copy(above.resolve(crashed), copy);
            open(copy).close();
            Path table = file(copy, "\\d+\\.sst");
            byte[] cut = Arrays.copyOf(Files.readAllBytes(table), (int) Files.size(table) / 2);
            Files.delete(table);
            if (!missing) {
                Files.write(table, cut);
            }

            assertThatThrownBy(() -> open(copy).close())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContainingAll(
                            "cannot open the store", "move it away", "audit replay -c");
        }
    }

    @Test
    void damaged_manifest_is_never_opened_as_if_it_were_a_damaged_log() throws Exception {
        String name = "MANIFEST-\\d+";
        byte[] manifest = Files.readAllBytes(file(above.resolve(crashed), name));
        List<Integer> headers = headers(manifest);
        manifest[headers.getLast() + 5] |= 0x40;
        Files.write(file(above.resolve(crashed), name), manifest);

        assertThatThrownBy(
                        () ->
                                RocksStore.openDamaged(
                                                new StoreConfig(above.resolve(crashed), 8 << 20))
                                        .close())
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll("MANIFEST", "move it away", "audit replay");
    }

    @Test
    @Requirement("SA-11")
    void damaged_log_is_made_good_from_the_audit_log() throws Exception {
        byte[] log = Files.readAllBytes(file(above.resolve(crashed), "\\d+\\.log"));
        List<Integer> headers = headers(log);
        byte[] longer = log.clone();
        longer[headers.get(headers.size() / 2) + 5] |= 0x40;
        Files.write(file(above.resolve(crashed), "\\d+\\.log"), longer);

        try (RocksStore store =
                        RocksStore.openDamaged(new StoreConfig(above.resolve(crashed), 8 << 20));
                AuditEventLog events = events()) {
            StoreRecovery recovery = new StoreRecovery(books.folder, store.commitMark());
            assertThat(recovery.settle(events)).isInstanceOf(StoreRecovery.Comparison.Behind.class);
            StoreRecovery.Replayed replayed =
                    recovery.replay(events, store, List.of(ISSUER), "test", _ -> {});
            assertThat(replayed.sets()).isBetween(1L, REVOKED + 0L);
            assertThat(replayed.notTaken()).isZero();
            for (int i = 0; i < REVOKED; i++) {
                assertThat(store.find(key(i)))
                        .hasValueSatisfying(
                                it ->
                                        assertThat(((StatusRecord.Assigned) it).revocation())
                                                .isPresent());
            }
            assertThat(new StoreRecovery(books.folder, store.commitMark()).settle(events))
                    .isInstanceOf(StoreRecovery.Comparison.InStep.class);
        }
        assertThat(ChangeSearch.find(books.folder, key(3).serial(), _ -> {}))
                .singleElement()
                .satisfies(it -> assertThat(it.tookEffect()).isTrue());
    }
}
