package org.precertocsp.responder.rocksdb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;

/// Opens the files of a store, and refuses what is not one or is from a newer program.
final class Opening {
    /// Of the families and keys; raised when an older program would misread them. The rows carry
    /// formats of their own.
    static final int SCHEMA = 3;

    // 1 has no bulk intents, which an older program would pass over; 1 and 2 have no key for the
    // commit mark, without which an older program would find all changes missing.
    private static final int FIRST_SCHEMA = 1;

    static final byte[] SCHEMA_KEY = "schema".getBytes(StandardCharsets.US_ASCII);

    private static final String REBUILD =
            "Restore a backup of the folder, or move it away and rebuild the store from the audit"
                    + " log with: precert-ocsp audit replay -c FILE";

    // Opening beside a writer, which may replace a table just as we are about to open it.
    private static final int READ_ONLY_TRIES = 10;

    private final RocksConfig config;

    Opening(RocksConfig config) {
        this.config = config;
    }

    Database writable() throws StoreLocked {
        return writable(true);
    }

    /// As [#writable], with what was written before the damage.
    Database damaged() throws StoreLocked {
        return writable(false);
    }

    private Database writable(boolean refuseDamagedLog) throws StoreLocked {
        RocksDB.loadLibrary();
        try {
            // Only the owner may read it, whatever the umask is.
            Files.createDirectories(
                    config.directory(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            refuseWithoutCurrent();
            // A damaged manifest may leave out a table, and nothing would notice.
            refuseDamage(!refuseDamagedLog);
            refuseUnknownFamilies();
            Database database = open(_ -> {}, true);
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
            throw new StoreFailure("cannot create %s: %s".formatted(config.directory(), e), e);
        } catch (RocksDBException e) {
            if (isLock(e)) {
                throw new StoreLocked(config.directory(), e);
            }
            throw failure(e);
        }
    }

    Database readOnly() {
        return readOnly(WALRecoveryMode.TolerateCorruptedTailRecords);
    }

    /// As [#readOnly], with what was written before the damage.
    Database damagedReadOnly() {
        try {
            refuseDamage(true);
        } catch (IOException e) {
            throw new StoreFailure(
                    "cannot read the store %s: %s".formatted(config.directory(), e), e);
        }
        return readOnly(WALRecoveryMode.PointInTimeRecovery);
    }

    private Database readOnly(WALRecoveryMode onDamage) {
        RocksDB.loadLibrary();
        if (!exists()) {
            throw new StoreFailure("there is no store in " + config.directory(), null);
        }
        try {
            refuseUnknownFamilies();
            Database database = openBesideWriter(onDamage);
            return closedOnFailure(database, () -> checkSchema(database));
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    boolean exists() {
        return Files.exists(config.directory().resolve("CURRENT"));
    }

    /// RocksDB takes a folder without this file for one without a store, and removes what is there.
    private void refuseWithoutCurrent() throws IOException {
        if (exists()) {
            return;
        }
        try (Stream<Path> files = Files.list(config.directory())) {
            Optional<Path> left =
                    files.filter(
                                    file ->
                                            String.valueOf(file.getFileName())
                                                            .matches("\\d+\\.(sst|log)")
                                                    && file.toFile().length() > 0)
                            .findFirst();
            if (left.isPresent()) {
                throw new StoreFailure(
                        "cannot open the store %s: its file CURRENT is gone, though %s is there. %s"
                                .formatted(config.directory(), left.get().getFileName(), REBUILD),
                        null);
            }
        }
    }

    /// RocksDB takes a record whose length was changed for one that a crash cut off, and drops it
    /// with all that follow.
    private void refuseDamage(boolean manifestOnly) throws IOException {
        Optional<LogFileCheck.Damage> damage = LogFileCheck.find(config.directory(), manifestOnly);
        if (damage.isPresent()) {
            throw new StoreFailure(
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

    /// A family we do not know was made by a newer program. Checked before anything is opened,
    /// since opening may already rewrite files.
    private void refuseUnknownFamilies() throws RocksDBException {
        if (!exists()) {
            return;
        }
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, directory())) {
                if (Family.ofDiskName(name).isEmpty()) {
                    throw newer("has a part '" + new String(name, StandardCharsets.UTF_8) + "'");
                }
            }
        }
    }

    private Database openBesideWriter(WALRecoveryMode onDamage) throws RocksDBException {
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

    private Database open(Consumer<Tuning> adaptation, boolean writable) throws RocksDBException {
        Tuning tuning = new Tuning(config.cacheBytes());
        try {
            adaptation.accept(tuning);
            List<Family> present = writable ? List.of(Family.values()) : present();
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
            Map<Family, ColumnFamilyHandle> byFamily = new EnumMap<>(Family.class);
            for (Family family : present) {
                byFamily.put(family, handles.get(byFamily.size()));
            }
            return new Database(db, byFamily, tuning, scratch(writable), writable);
        } catch (RocksDBException e) {
            tuning.close();
            throw e;
        }
    }

    /// A process that only reads writes nothing beside the store.
    private Scratch scratch(boolean writable) {
        return new Scratch(
                writable
                        ? config.directory()
                        : Path.of(
                                System.getProperty("java.io.tmpdir", "/tmp"),
                                "precert-ocsp-" + UUID.randomUUID()));
    }

    /// The families there are: a store of an older program lacks some until it is opened for
    /// writing.
    private List<Family> present() throws RocksDBException {
        try (Options options = new Options()) {
            return RocksDB.listColumnFamilies(options, directory()).stream()
                    .flatMap(name -> Family.ofDiskName(name).stream())
                    .sorted()
                    .toList();
        }
    }

    private static Database closedOnFailure(Database database, Runnable check) {
        try {
            check.run();
            return database;
        } catch (StoreFailure e) {
            database.close();
            throw e;
        }
    }

    /// A store is new while its families are empty; that survives a crash right after its creation.
    private static void writeSchemaIfNew(Database database) {
        if (database.get(Family.META, SCHEMA_KEY).isPresent() || !database.isEmpty(Family.META)) {
            return;
        }
        PendingRows rows = new PendingRows(database);
        rows.put(Family.META, SCHEMA_KEY, Rows.number(SCHEMA));
        rows.write();
    }

    private void checkSchema(Database database) {
        Optional<byte[]> schema = database.get(Family.META, SCHEMA_KEY);
        if (schema.isEmpty() && database.isEmpty(Family.META)) {
            throw new StoreFailure(
                    "the creation of the store %s was cut short; the next load or serve completes it"
                            .formatted(config.directory()),
                    null);
        }
        if (schema.isEmpty()) {
            throw new StoreFailure(config.directory() + " is not a status store", null);
        }
        int number = Rows.number(schema.get());
        if (number < FIRST_SCHEMA || number > SCHEMA) {
            throw newer("has schema %d, this version knows %d".formatted(number, SCHEMA));
        }
    }

    private static void raiseSchema(Database database) {
        if (database.get(Family.META, SCHEMA_KEY).map(Rows::number).orElse(0) < SCHEMA) {
            PendingRows rows = new PendingRows(database);
            rows.put(Family.META, SCHEMA_KEY, Rows.number(SCHEMA));
            CommitMarkRow.migrate(database, rows);
            rows.write();
        }
    }

    private StoreFailure newer(String what) {
        return new StoreFailure(
                "the store %s %s: it was written by a newer version of the program; install that one"
                        .formatted(config.directory(), what),
                null);
    }

    private StoreFailure failure(RocksDBException e) {
        boolean damaged = isFileGone(e) || isCorruption(e);
        return new StoreFailure(
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

    /// RocksDB has no code for it; both its texts are proven by tests. A lock file we may not write
    /// is another matter.
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
}
