package org.precertocsp.responder.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.FrozenRows;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoredRow;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.SstFileReaderIterator;
import org.rocksdb.WriteBatch;

/// The rows that nodes of a cluster share, written as tables that another store takes over as a
/// whole. Not thread-safe.
///
/// The tables are written from the rows, not linked from this store's own: so they contain these
/// rows and nothing else, neither those of other families nor older values, and their content does
/// not depend on how a store arranges its files. A store takes them as it takes those of a large
/// load, see [BulkCommit], which costs it nothing for each row.
public final class RowTables implements FrozenRows {
    /// All that is sent to other nodes.
    private static final List<ColumnFamily> FAMILIES = PreparedRows.families();

    /// In which all nodes are alike.
    private static final List<ColumnFamily> DIGESTED =
            List.of(ColumnFamily.ISSUERS, ColumnFamily.STATUS);

    /// Of META, where each node has rows of its own, too.
    private static final List<byte[]> SHARED_META =
            List.of(
                    RocksChangeSet.NEXT_SOURCE,
                    "log head ".getBytes(StandardCharsets.US_ASCII),
                    AnnouncementIndex.PREFIX,
                    IdempotencyTable.REPLY,
                    IdempotencyTable.UNTIL);

    private static final byte[] FIRST = {};

    /// After all keys.
    private static final byte[] LAST = new byte[StoredRow.MAX_KEY_BYTES];

    static {
        Arrays.fill(LAST, (byte) 0xff);
    }

    private static final int ROWS_AT_ONCE = 5_000;
    private static final String SUFFIX = ".sst";

    private final RocksDatabase database;
    private final RocksDatabase.Moment moment;

    RowTables(RocksDatabase database, RocksDatabase.Moment moment) {
        this.database = database;
        this.moment = moment;
    }

    /// A file.
    ///
    /// @param file its name
    /// @param answers whether a node without keys needs it
    public record Table(String file, boolean answers, long rows) {}

    /// A file to be taken over.
    ///
    /// @param file its name when it was written
    public record Source(String file, Path path) {}

    /// What was written.
    public record Written(List<Table> tables, List<IssuerDigest> digests) {
        public Written {
            tables = List.copyOf(tables);
            digests = List.copyOf(digests);
        }
    }

    /// The form of the rows; a store does not read those of a higher one.
    public static int schema() {
        return StoreOpener.SCHEMA;
    }

    /// As [org.precertocsp.responder.status.ReplicatedStore#position].
    public Optional<ByteString> position() {
        return moment.get(ColumnFamily.META, RocksReplica.POSITION_KEY).map(ByteString::of);
    }

    /// The newest set that this node's own audit log has.
    public Optional<CommitMark> mark() {
        return moment.get(ColumnFamily.META, CommitMarkCodec.KEY).map(CommitMarkCodec::decode);
    }

    /// About the number of rows.
    public long estimate() {
        return FAMILIES.stream().filter(database::has).mapToLong(database::estimate).sum();
    }

    /// Writes all rows into new files of a directory. Their content is on disk when this returns,
    /// their names are not.
    ///
    /// @throws StoreException they cannot be read or written
    public Written write(Path directory, Progress progress) {
        List<Table> tables = new ArrayList<>();
        Digester digester = new Digester();
        for (ColumnFamily family : FAMILIES) {
            if (database.has(family)) {
                new FamilyWriter(directory, family, digester, tables).write(progress);
            }
        }
        return new Written(tables, digester.finish());
    }

    @Override
    public List<IssuerDigest> digests(Progress progress) {
        Digester digester = new Digester();
        for (ColumnFamily family : DIGESTED) {
            read(family, progress, (key, value) -> digester.add(family, key, value));
        }
        return digester.finish();
    }

    private void read(ColumnFamily family, Progress progress, BiConsumer<byte[], byte[]> row) {
        Optional<byte[]> from = Optional.of(FIRST);
        while (from.isPresent()) {
            long[] passed = {0};
            from =
                    moment.walk(
                            family,
                            from.get(),
                            ROWS_AT_ONCE,
                            (key, value) -> {
                                passed[0]++;
                                row.accept(key, value);
                            });
            progress.read(passed[0]);
        }
    }

    private static boolean isShared(ColumnFamily family, byte[] key) {
        return family != ColumnFamily.META
                || SHARED_META.stream().anyMatch(prefix -> begins(key, prefix));
    }

    private static boolean begins(byte[] key, byte[] prefix) {
        return key.length >= prefix.length
                && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /// Writes the files of one family.
    private final class FamilyWriter {
        private final Path directory;
        private final ColumnFamily family;
        private final Digester digester;
        private final List<Table> tables;
        private BulkCommit.@Nullable SstWriter open;
        private String name = "";
        private long rows;

        FamilyWriter(Path directory, ColumnFamily family, Digester digester, List<Table> tables) {
            this.directory = directory;
            this.family = family;
            this.digester = digester;
            this.tables = tables;
        }

        void write(Progress progress) {
            try {
                read(family, progress, this::add);
                finish();
            } finally {
                if (open != null) {
                    open.close();
                }
            }
        }

        private void add(byte[] key, byte[] value) {
            if (!isShared(family, key)) {
                return;
            }
            try {
                BulkCommit.SstWriter file = open;
                if (file == null) {
                    name = fileName(family, tables.size() + 1);
                    file =
                            new BulkCommit.SstWriter(
                                    directory.resolve(name), database.tableOptions(family));
                    open = file;
                    rows = 0;
                }
                file.put(key, value);
            } catch (RocksDBException e) {
                throw failure(e);
            }
            digester.add(family, key, value);
            if (++rows == BulkCommit.ROWS_PER_FILE) {
                finish();
            }
        }

        private void finish() {
            BulkCommit.SstWriter file = open;
            if (file == null) {
                return;
            }
            try {
                file.finish();
            } catch (RocksDBException e) {
                throw failure(e);
            }
            file.close();
            open = null;
            tables.add(new Table(name, RocksReplica.Kept.ANSWERS.keeps(family), rows));
        }

        private StoreException failure(RocksDBException e) {
            return new StoreException(
                    "cannot write %s: %s".formatted(directory.resolve(name), e.getMessage()), e);
        }
    }

    private static String fileName(ColumnFamily family, int number) {
        return "%s-%05d%s".formatted(family.toString().replace(' ', '_'), number, SUFFIX);
    }

    private static ColumnFamily familyOf(String file) {
        for (ColumnFamily family : FAMILIES) {
            if (file.matches(family.toString().replace(' ', '_') + "-\\d{5,6}\\" + SUFFIX)) {
                return family;
            }
        }
        throw new StoreException(file + " is no table of rows that nodes share", null);
    }

    /// Whether a file can have that name.
    public static boolean isName(String file) {
        try {
            return familyOf(file) != ColumnFamily.RESPONSES;
        } catch (StoreException _) {
            return false;
        }
    }

    /// Reads files that [#write] has written, and computes the digests again.
    ///
    /// @param files in their order
    /// @return the number of rows in each file, and digests
    /// @throws StoreException a file is no table, or damaged
    public static Written check(List<Source> files, Progress progress) {
        RocksStore.loadLibrary();
        Digester digester = new Digester();
        List<Table> tables = new ArrayList<>();
        for (Source source : files) {
            ColumnFamily family = familyOf(source.file());
            try (Options options = new Options();
                    SstFileReader file = new SstFileReader(options);
                    ReadOptions reading = new ReadOptions().setFillCache(false)) {
                file.open(source.path().toString());
                try (SstFileReaderIterator rows = file.newIterator(reading)) {
                    long count = 0;
                    for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                        digester.add(family, rows.key(), rows.value());
                        if (++count % ROWS_AT_ONCE == 0) {
                            progress.read(ROWS_AT_ONCE);
                        }
                    }
                    rows.status();
                    progress.read(count % ROWS_AT_ONCE);
                    tables.add(
                            new Table(
                                    source.file(), RocksReplica.Kept.ANSWERS.keeps(family), count));
                }
            } catch (RocksDBException e) {
                throw new StoreException(
                        "cannot read %s: %s".formatted(source.path(), e.getMessage()), e);
            }
        }
        return new Written(tables, digester.finish());
    }

    private static void refuseUnlessTable(Source source) {
        familyOf(source.file());
        try (Options options = new Options();
                SstFileReader file = new SstFileReader(options)) {
            file.open(source.path().toString());
        } catch (RocksDBException e) {
            throw new StoreException(
                    "cannot read %s: %s".formatted(source.path(), e.getMessage()), e);
        }
    }

    /// Called while no batch is written.
    static void replace(
            RocksDatabase database,
            List<Source> sources,
            ByteString position,
            Optional<CommitMark> mark) {
        // Once the intent is written, they must be taken.
        sources.forEach(RowTables::refuseUnlessTable);
        List<BulkIntent.Table> tables = new ArrayList<>();
        try {
            for (Source source : sources) {
                ColumnFamily family = familyOf(source.file());
                String name = "snapshot-" + source.file();
                Files.move(
                        source.path(),
                        database.scratch().file(name),
                        StandardCopyOption.ATOMIC_MOVE);
                tables.add(new BulkIntent.Table(family, name));
            }
        } catch (IOException e) {
            throw new StoreException("cannot move a table into the store: " + e, e);
        }
        if (!tables.isEmpty()) {
            database.scratch().sync();
        }
        BulkIntent intent = new BulkIntent(tables);
        try (WriteBatch batch = new WriteBatch()) {
            for (ColumnFamily family : FAMILIES) {
                if (family != ColumnFamily.META) {
                    database.addDeletion(batch, family, FIRST, LAST);
                }
            }
            for (byte[] prefix : SHARED_META) {
                database.addDeletion(batch, ColumnFamily.META, prefix, after(prefix));
            }
            database.addDeletion(batch, ColumnFamily.META, CommitMarkCodec.KEY);
            if (mark.isPresent()) {
                database.add(
                        batch,
                        ColumnFamily.META,
                        CommitMarkCodec.KEY,
                        CommitMarkCodec.encode(mark.get()));
            }
            database.add(batch, ColumnFamily.META, RocksReplica.POSITION_KEY, position.toArray());
            database.add(batch, ColumnFamily.META, BulkIntent.KEY, intent.toBytes());
            database.write(batch);
        } catch (RocksDBException e) {
            throw new StoreException("cannot take the tables: " + e.getMessage(), e);
        }
        database.takingOver(() -> BulkCommit.takeOver(database, intent));
    }

    private static byte[] after(byte[] prefix) {
        byte[] end = prefix.clone();
        end[end.length - 1]++;
        return end;
    }

    @Override
    public void close() {
        moment.close();
    }

    /// Digests of rows that come in the order of families and keys.
    private static final class Digester {
        private static final int BUFFER_BYTES = 1 << 16;

        private final MessageDigest sha256 = newSha256();
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        private final List<IssuerDigest> done = new ArrayList<>();
        private int issuer = -1;
        private long rows;

        private static MessageDigest newSha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        void add(ColumnFamily family, byte[] key, byte[] value) {
            if (!DIGESTED.contains(family)) {
                return;
            }
            int of = family == ColumnFamily.ISSUERS ? ISSUERS : RowKeys.issuerIn(key);
            if (of != issuer) {
                end();
                issuer = of;
            }
            rows++;
            int length = 2 * Integer.BYTES + key.length + value.length;
            if (length > buffer.remaining()) {
                flush();
            }
            if (length > buffer.remaining()) {
                sha256.update(
                        ByteBuffer.allocate(length)
                                .putInt(key.length)
                                .put(key)
                                .putInt(value.length)
                                .put(value)
                                .flip());
            } else {
                buffer.putInt(key.length).put(key).putInt(value.length).put(value);
            }
        }

        private void flush() {
            sha256.update(buffer.flip());
            buffer.clear();
        }

        private void end() {
            if (rows > 0) {
                flush();
                done.add(new IssuerDigest(issuer, rows, ByteString.of(sha256.digest())));
                rows = 0;
            }
        }

        List<IssuerDigest> finish() {
            end();
            return List.copyOf(done);
        }
    }
}
