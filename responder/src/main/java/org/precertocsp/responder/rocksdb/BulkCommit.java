package org.precertocsp.responder.rocksdb;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.status.StoreFailure;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Makes a large set durable as finished tables instead of log entries. RocksDB takes over a sorted
/// file at the cost of one write for each row; a batch would be written to the log, sorted in
/// memory, written again and merged.
///
/// A set must take effect whole or not at all, but its rows belong to several column families, and
/// RocksDB takes over the files of only one family at once. Hence four steps:
///
/// 1. [#writeTables] writes one or more files for each family into the scratch directory and syncs
///    them. A crash up to here leaves files that the next start deletes.
/// 2. [#decide] writes, in one synced batch, the rows of the small families and a [BulkIntent] that
///    names the files. From here on the set takes effect, whatever happens.
/// 3. [#takeOver] lets RocksDB take over the files, family by family. STATUS comes last: without
///    its status nothing else of a serial is read. The exception is the queue of renewals, whose
///    readers are kept out meanwhile ([Database#takingOver]).
/// 4. The intent is deleted.
///
/// After a crash between 2 and 4, or a failure there, the store carries out the intent again when
/// it opens or before the next set. That is safe because no other set is written in between, so the
/// same rows are written again at most.
final class BulkCommit {
    /// In the order they are taken over.
    static final List<Family> TABLES =
            List.of(
                    Family.EVIDENCE,
                    Family.CONFLICTS,
                    Family.HISTORY,
                    Family.RENEWALS,
                    Family.STATUS);

    private static final Set<Family> SMALL = EnumSet.complementOf(EnumSet.copyOf(TABLES));
    private static final long ROWS_PER_FILE = 1_500_000;

    private final Database database;
    private final List<SortedRun> runs;
    private final String filePrefix;
    private final BulkLimits limits;

    /// @param runs oldest first
    BulkCommit(Database database, List<SortedRun> runs, String filePrefix, BulkLimits limits) {
        this.limits = limits;
        this.filePrefix = filePrefix;
        this.database = database;
        this.runs = List.copyOf(runs);
    }

    /// A family's rows from one key to another: what goes into one file.
    ///
    /// @param number of the part within its family
    private record Part(Family family, int number, Octets from, Optional<Octets> before) {
        String file(String prefix) {
            return "%s%s-%05d.sst".formatted(prefix, family, number);
        }
    }

    /// Writes the files; nothing has happened yet.
    List<BulkIntent.Table> writeTables() {
        List<BulkIntent.Table> tables = write(parts());
        database.scratch().sync();
        return tables;
    }

    /// Writes the intent. When it returns, the set will take effect.
    ///
    /// @throws StoreFailure nothing took effect, or all will when the store next opens
    void decide(List<BulkIntent.Table> tables) {
        try (WriteBatch batch = new WriteBatch()) {
            for (Family family : SMALL) {
                addTo(batch, family);
            }
            database.add(batch, Family.META, BulkIntent.KEY, new BulkIntent(tables).toBytes());
            database.write(batch);
        } catch (RocksDBException e) {
            throw new StoreFailure("cannot gather the changes: " + e.getMessage(), e);
        }
    }

    private void addTo(WriteBatch batch, Family family) throws RocksDBException {
        RunMerge rows = new RunMerge(runs, family, Octets.of(), Optional.empty());
        while (rows.next()) {
            if (rows.row().isDeletion()) {
                database.addDeletion(batch, family, rows.row().key());
            } else {
                database.add(batch, family, rows.row().key(), rows.row().value());
            }
        }
    }

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (Family family : TABLES) {
            addParts(family, parts);
        }
        return parts;
    }

    private void addParts(Family family, List<Part> parts) {
        long rows = runs.stream().mapToLong(run -> run.estimate(family)).sum();
        // Each writer writes as many files as the other.
        int writers = limits.writers(rows);
        int count = Math.clamp(writers * Math.ceilDiv(rows, writers * ROWS_PER_FILE), 1, 10_000);
        SortedRun largest =
                runs.stream().max(Comparator.comparingLong(r -> r.estimate(family))).orElseThrow();
        Octets from = Octets.of();
        for (int i = 1; i < count; i++) {
            Octets to = Octets.of(largest.quantile(family, i, count));
            if (to.compareTo(from) > 0) {
                parts.add(new Part(family, i, from, Optional.of(to)));
                from = to;
            }
        }
        parts.add(new Part(family, count, from, Optional.empty()));
    }

    private List<BulkIntent.Table> write(List<Part> parts) {
        try (ExecutorService writers =
                Executors.newFixedThreadPool(
                        Math.clamp(
                                Runtime.getRuntime().availableProcessors(), 1, BulkLimits.WRITERS),
                        Thread.ofPlatform().name("bulk-", 0).factory())) {
            List<Future<Boolean>> written = new ArrayList<>();
            for (Part part : parts) {
                written.add(writers.submit(() -> write(part)));
            }
            List<BulkIntent.Table> tables = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                if (written.get(i).get()) {
                    tables.add(
                            new BulkIntent.Table(
                                    parts.get(i).family(), parts.get(i).file(filePrefix)));
                }
            }
            return tables;
        } catch (ExecutionException e) {
            throw new StoreFailure("cannot write a table: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreFailure("interrupted while tables were written", e);
        }
    }

    /// @return false if the part has no rows, and no file
    private boolean write(Part part) throws RocksDBException {
        RunMerge rows = new RunMerge(runs, part.family(), part.from(), part.before());
        if (!rows.next()) {
            return false;
        }
        Path path = database.scratch().file(part.file(filePrefix));
        try (TableFile file = new TableFile(path, database.tableOptions(part.family()))) {
            do {
                if (rows.row().isDeletion()) {
                    file.delete(rows.row());
                } else {
                    file.put(rows.row());
                }
            } while (rows.next());
            file.finish();
            return true;
        }
    }

    /// Makes the tables of an intent part of the store and forgets the intent. Done again after a
    /// crash it does no harm: nothing else was written in between.
    ///
    /// @throws StoreFailure the set takes effect when this is tried again
    static void takeOver(Database database, BulkIntent intent) {
        for (Family family : TABLES) {
            database.ingest(family, intent.files(family));
        }
        try (WriteBatch batch = new WriteBatch()) {
            database.addDeletion(batch, Family.META, BulkIntent.KEY);
            database.write(batch);
        } catch (RocksDBException e) {
            throw new StoreFailure("cannot gather the changes: " + e.getMessage(), e);
        }
    }
}
