package org.precertocsp.responder.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;

/// Opens the files of a store, and rejects files of other kinds or from a newer program.
final class StoreOpener {
    /// Version of the families and keys; raised when an older program would misread them. The rows
    /// have formats of their own.
    static final int SCHEMA = 3;

    // 1 has no bulk intents, which an older program would ignore; 1 and 2 have no key for the
    // commit mark, without which an older program would find all changes missing.
    private static final int FIRST_SCHEMA = 1;

    static final byte[] SCHEMA_KEY = "schema".getBytes(StandardCharsets.US_ASCII);

    private static final String REBUILD =
            "Restore a backup of the directory, or move it away and rebuild the store from the audit"
                    + " log with: precert-ocsp audit replay -c FILE";

    // Opening beside a writer, which may replace a table at the moment it is opened.
    private static final int READ_ONLY_TRIES = 10;

    private final StoreConfig config;

    StoreOpener(StoreConfig config) {
        this.config = config;
    }

    RocksDatabase writable() throws StoreLockedException {
        return writable(true);
    }

    /// As [#writable], with the data written before the damage.
    RocksDatabase damaged() throws StoreLockedException {
        return writable(false);
    }

    private RocksDatabase writable(boolean refuseDamagedLog) throws StoreLockedException {
        RocksStore.loadLibrary();
        try {
            // Only the owner may read it, independent of the umask.
            Files.createDirectories(
                    config.directory(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            refuseWithoutCurrent();
            // A damaged manifest may omit a table, and nothing would detect it.
            refuseDamage(!refuseDamagedLog);
            refuseUnknownFamilies();
            RocksDatabase database = open(_ -> {}, true);
            return closedOnFailure(
                    database,
                    () -> {
                        writeSchemaIfNew(database);
                        checkSchema(database);
                        raiseSchema(database);
                        BulkIntent.read(database)
                                .ifPresent(intent -> BulkCommit.takeOver(database, intent));
                        database.scratch().clean();
                    });
        } catch (IOException e) {
            throw new StoreException("cannot create %s: %s".formatted(config.directory(), e), e);
        } catch (RocksDBException e) {
            if (isLock(e)) {
                throw new StoreLockedException(config.directory(), e);
            }
            throw failure(e);
        }
    }

    RocksDatabase readOnly() {
        return readOnly(WALRecoveryMode.TolerateCorruptedTailRecords);
    }

    /// As [#readOnly], with the data written before the damage.
    RocksDatabase damagedReadOnly() {
        try {
            refuseDamage(true);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot read the store %s: %s".formatted(config.directory(), e), e);
        }
        return readOnly(WALRecoveryMode.PointInTimeRecovery);
    }

    private RocksDatabase readOnly(WALRecoveryMode onDamage) {
        RocksStore.loadLibrary();
        if (!exists()) {
            throw new StoreException("there is no store in " + config.directory(), null);
        }
        try {
            refuseUnknownFamilies();
            RocksDatabase database = openBesideWriter(onDamage);
            return closedOnFailure(database, () -> checkSchema(database));
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    boolean exists() {
        return Files.exists(config.directory().resolve("CURRENT"));
    }

    static Path restoring(StoreConfig config) {
        return config.directory().resolve("restoring");
    }

    void refuseHalfRestored() {
        if (!exists() && Files.exists(restoring(config))) {
            throw new StoreException(
                    "a restore of the store %s was cut short. Run it again: precert-ocsp restore"
                            .formatted(config.directory()),
                    null);
        }
    }

    /// RocksDB treats a directory without this file as one without a store, and deletes its
    /// content.
    private void refuseWithoutCurrent() throws IOException {
        if (exists()) {
            return;
        }
        refuseHalfRestored();
        try (Stream<Path> files = Files.list(config.directory())) {
            Optional<Path> left =
                    files.filter(
                                    file ->
                                            String.valueOf(file.getFileName())
                                                            .matches("\\d+\\.(sst|log)")
                                                    && file.toFile().length() > 0)
                            .findFirst();
            if (left.isPresent()) {
                throw new StoreException(
                        "cannot open the store %s: its file CURRENT is gone, though %s is there. %s"
                                .formatted(config.directory(), left.get().getFileName(), REBUILD),
                        null);
            }
        }
    }

    /// RocksDB treats a record whose length was changed as one cut off by a crash, and drops it
    /// with all that follow.
    private void refuseDamage(boolean manifestOnly) throws IOException {
        Optional<WalIntegrityCheck.Damage> damage =
                WalIntegrityCheck.find(config.directory(), manifestOnly);
        if (damage.isPresent()) {
            throw new StoreException(
                    "cannot open the store %s: %s. %s"
                            .formatted(
                                    config.directory(),
                                    damage.get(),
                                    damage.get().isManifest()
                                            ? REBUILD
                                            : "Changes that were acknowledged may lie behind that."
                                                    + " Bring them back from the audit log with:"
                                                    + " precert-ocsp audit replay -c FILE"),
                    null);
        }
    }

    /// A family we do not know was created by a newer program. Checked before anything is opened,
    /// since opening may already rewrite files.
    private void refuseUnknownFamilies() throws RocksDBException {
        if (!exists()) {
            return;
        }
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, directory())) {
                if (ColumnFamily.ofDiskName(name).isEmpty()) {
                    throw newer("has a part '" + new String(name, StandardCharsets.UTF_8) + "'");
                }
            }
        }
    }

    private RocksDatabase openBesideWriter(WALRecoveryMode onDamage) throws RocksDBException {
        for (int attempt = 1; ; attempt++) {
            try {
                return open(tuning -> tuning.forReadingOnly(onDamage), false);
            } catch (RocksDBException e) {
                if (attempt == READ_ONLY_TRIES || !isFileGone(e)) {
                    throw e;
                }
            }
        }
    }

    private RocksDatabase open(Consumer<RocksOptions> adaptation, boolean writable)
            throws RocksDBException {
        RocksOptions tuning = new RocksOptions(config.cacheBytes());
        try {
            adaptation.accept(tuning);
            List<ColumnFamily> present = writable ? List.of(ColumnFamily.values()) : present();
            List<ColumnFamilyDescriptor> families =
                    present.stream()
                            .map(f -> new ColumnFamilyDescriptor(f.diskName(), tuning.of(f)))
                            .toList();
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            RocksDB db =
                    writable
                            ? RocksDB.open(tuning.database(), directory(), families, handles)
                            : RocksDB.openReadOnly(
                                    tuning.database(), directory(), families, handles);
            Map<ColumnFamily, ColumnFamilyHandle> byFamily = new EnumMap<>(ColumnFamily.class);
            for (ColumnFamily family : present) {
                byFamily.put(family, handles.get(byFamily.size()));
            }
            return new RocksDatabase(db, byFamily, tuning, scratch(writable), writable);
        } catch (RocksDBException e) {
            tuning.close();
            throw e;
        }
    }

    /// A process that only reads writes nothing beside the store.
    private TempDirectory scratch(boolean writable) {
        return new TempDirectory(
                writable
                        ? config.directory()
                        : Path.of(
                                System.getProperty("java.io.tmpdir", "/tmp"),
                                "precert-ocsp-" + UUID.randomUUID()));
    }

    /// The existing families: a store of an older program lacks some until it is opened for
    /// writing.
    private List<ColumnFamily> present() throws RocksDBException {
        try (Options options = new Options()) {
            return RocksDB.listColumnFamilies(options, directory()).stream()
                    .flatMap(name -> ColumnFamily.ofDiskName(name).stream())
                    .sorted()
                    .toList();
        }
    }

    private static RocksDatabase closedOnFailure(RocksDatabase database, Runnable check) {
        try {
            check.run();
            return database;
        } catch (StoreException e) {
            database.close();
            throw e;
        }
    }

    /// A store is new while its families are empty; this also holds after a crash right after its
    /// creation.
    private static void writeSchemaIfNew(RocksDatabase database) {
        if (database.get(ColumnFamily.META, SCHEMA_KEY).isPresent()
                || !database.isEmpty(ColumnFamily.META)) {
            return;
        }
        PendingWrites rows = new PendingWrites(database);
        rows.put(ColumnFamily.META, SCHEMA_KEY, RecordCodec.number(SCHEMA));
        rows.write();
    }

    private void checkSchema(RocksDatabase database) {
        Optional<byte[]> schema = database.get(ColumnFamily.META, SCHEMA_KEY);
        if (schema.isEmpty() && database.isEmpty(ColumnFamily.META)) {
            throw new StoreException(
                    "the creation of the store %s was cut short; the next load or serve completes it"
                            .formatted(config.directory()),
                    null);
        }
        if (schema.isEmpty()) {
            throw new StoreException(config.directory() + " is not a status store", null);
        }
        int number = RecordCodec.number(schema.get());
        if (number < FIRST_SCHEMA || number > SCHEMA) {
            throw newer("has schema %d, this version knows %d".formatted(number, SCHEMA));
        }
    }

    private static void raiseSchema(RocksDatabase database) {
        if (database.get(ColumnFamily.META, SCHEMA_KEY).map(RecordCodec::number).orElse(0)
                < SCHEMA) {
            PendingWrites rows = new PendingWrites(database);
            rows.put(ColumnFamily.META, SCHEMA_KEY, RecordCodec.number(SCHEMA));
            CommitMarkCodec.migrate(database, rows);
            rows.write();
        }
    }

    private StoreException newer(String what) {
        return new StoreException(
                "the store %s %s: it was written by a newer version of the program; install that one"
                        .formatted(config.directory(), what),
                null);
    }

    private StoreException failure(RocksDBException e) {
        boolean damaged = isFileGone(e) || isCorruption(e);
        return new StoreException(
                "cannot open the store %s: %s%s"
                        .formatted(
                                config.directory(),
                                String.valueOf(e.getMessage()).replaceFirst("[.\\s]+$", ""),
                                damaged ? ". " + REBUILD : ""),
                e);
    }

    private static boolean isCorruption(RocksDBException e) {
        return Optional.ofNullable(e.getStatus())
                .map(Status::getCode)
                .filter(Status.Code.Corruption::equals)
                .isPresent();
    }

    /// RocksDB has no code for it; tests check both of its texts. A lock file that we may not write
    /// is a different error.
    private static boolean isLock(RocksDBException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("While lock file") || message.contains("lock hold by");
    }

    private static boolean isFileGone(RocksDBException e) {
        return String.valueOf(e.getMessage()).contains("No such file");
    }

    private String directory() {
        return config.directory().toString();
    }

    /// Finds damage in the files that RocksDB writes as logs: the write-ahead logs and the
    /// manifest. Such a file is blocks of 32 KiB filled with records, each a header of CRC-32C (4),
    /// length (2) and type (1), and data; the CRC covers type and data. It does not cover the
    /// length: if that was changed to point beyond the end of the file, RocksDB assumes that a
    /// crash cut the record off, and drops it without a message. If the header is zeros, RocksDB
    /// skips it with the rest of the block. Here both are distinguished from the result of a crash:
    /// for a record cut off, no part of its data matches its CRC, and only zeros follow zeros.
    static final class WalIntegrityCheck {
        /// @param file its name
        /// @param at byte of the record's header
        record Damage(String file, long at, String what) {
            /// Whether the list of the store's tables is damaged, and not only the last writes.
            boolean isManifest() {
                return file.startsWith(MANIFEST);
            }

            @Override
            public String toString() {
                return "%s is damaged at byte %d: %s".formatted(file, at, what);
            }
        }

        private static final String MANIFEST = "MANIFEST-";
        private static final int BLOCK = 1 << 15;
        private static final int HEADER = 7;
        private static final int MASK_DELTA = 0xa282ead8;

        /// Zeros at the end of a file after a power failure: the file had been extended, and its
        /// data were not written yet.
        private static final int UNWRITTEN = 512;

        private final String name;
        private final byte[] bytes;

        private WalIntegrityCheck(String name, byte[] bytes) {
            this.name = name;
            this.bytes = bytes;
        }

        /// The first damage in the logs of a store, the manifest first; none if there is no store.
        ///
        /// @param manifestOnly ignore the write-ahead logs
        /// @throws IOException a file cannot be read
        static Optional<Damage> find(Path directory, boolean manifestOnly) throws IOException {
            Path current = directory.resolve("CURRENT");
            if (!Files.exists(current)) {
                return Optional.empty();
            }
            String manifest = Files.readString(current, StandardCharsets.ISO_8859_1).strip();
            for (Path file : logs(directory, manifest, manifestOnly)) {
                Optional<Damage> damage =
                        new WalIntegrityCheck(
                                        String.valueOf(file.getFileName()),
                                        Files.readAllBytes(file))
                                .find();
                if (damage.isPresent()) {
                    return damage;
                }
            }
            return Optional.empty();
        }

        private static List<Path> logs(Path directory, String manifest, boolean manifestOnly)
                throws IOException {
            try (Stream<Path> files = Files.list(directory)) {
                return files.filter(
                                file -> {
                                    String name = String.valueOf(file.getFileName());
                                    return name.equals(manifest)
                                            || (!manifestOnly && name.matches("\\d+\\.log"));
                                })
                        .sorted(Comparator.reverseOrder())
                        .toList();
            }
        }

        private Optional<Damage> find() {
            ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int at = 0;
            while (at < bytes.length) {
                int left = BLOCK - at % BLOCK;
                if (left < HEADER) {
                    at += left;
                    continue;
                }
                if (bytes.length - at < HEADER) {
                    // Half a header.
                    return Optional.empty();
                }
                int crc = file.getInt(at);
                int length = file.getShort(at + 4) & 0xffff;
                int type = bytes[at + 6] & 0xff;
                if (type == 0 && length == 0) {
                    return isZero(at, bytes.length)
                            ? Optional.empty()
                            : damage(at, "a record was overwritten with zeros");
                }
                int end = at + HEADER + length;
                if (length > left - HEADER || end > bytes.length) {
                    return cutOff(at, crc, Math.min(at + left, bytes.length));
                }
                CRC32C of = new CRC32C();
                of.update(bytes, at + 6, length + 1);
                if (masked(of) != crc) {
                    return isUnwritten() ? Optional.empty() : damage(at, "the checksum is wrong");
                }
                at = end;
            }
            return Optional.empty();
        }

        /// A record whose length exceeds the remaining bytes: cut off, unless it is complete with a
        /// shorter length.
        private Optional<Damage> cutOff(int at, int crc, int limit) {
            if (limit < bytes.length) {
                return damage(at, "a record is longer than its block");
            }
            CRC32C of = new CRC32C();
            for (int end = at + 6; end < limit; end++) {
                of.update(bytes[end]);
                if (masked(of) == crc) {
                    return damage(at, "the length of a record was changed");
                }
            }
            return Optional.empty();
        }

        private static int masked(CRC32C crc) {
            return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
        }

        private boolean isUnwritten() {
            return bytes.length >= UNWRITTEN && isZero(bytes.length - UNWRITTEN, bytes.length);
        }

        private boolean isZero(int from, int to) {
            for (int i = from; i < to; i++) {
                if (bytes[i] != 0) {
                    return false;
                }
            }
            return true;
        }

        private Optional<Damage> damage(long at, String what) {
            return Optional.of(new Damage(name, at, what));
        }
    }
}
