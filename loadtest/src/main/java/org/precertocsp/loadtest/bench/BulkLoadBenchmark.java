package org.precertocsp.loadtest.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.loadtest.corpus.SyntheticSerials;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.signer.InvalidCertificateException;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/// Claim: loading a large file takes at most twice as long as writing its rows to a sorted table.
///
/// Run: `precert-load bench BulkLoad`. Input: `records` statuses into an empty store; by CSV and
/// index.txt, 5 % of them revoked; by CRL, all. The base writes the same keys, sorted before, with
/// values of the same length and no evidence. Not measured: opening and closing the store, loads
/// into a full one.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class BulkLoadBenchmark {
    private static final double REVOKED_SHARE = 0.05;

    /// The value of a good status with the end of its certificate.
    private static final int VALUE_BYTES = 6;

    private static final int ISSUER_BYTES = 2;

    @Param("1000000")
    private int records;

    private @Nullable BenchmarkFixture statuses;
    private @Nullable BenchmarkFixture lines;
    private @Nullable BenchmarkFixture revocations;
    private byte[][] sorted = {};
    private @Nullable RocksStore store;

    @Setup
    public void write() throws IOException, InvalidCertificateException {
        statuses = BenchmarkFixture.of(records, REVOKED_SHARE, CorpusKeyType.P256, CorpusFile.CSV);
        lines = BenchmarkFixture.of(records, REVOKED_SHARE, CorpusKeyType.P256, CorpusFile.INDEX);
        revocations = BenchmarkFixture.of(records, 1, CorpusKeyType.P256, CorpusFile.CRL);
        sorted = new byte[records][];
        SyntheticSerials serials = statuses.serials();
        for (int i = 0; i < records; i++) {
            sorted[i] = new byte[ISSUER_BYTES + SyntheticSerials.BYTES];
            serials.write(i, sorted[i], ISSUER_BYTES);
        }
        Arrays.sort(sorted, Arrays::compareUnsigned);
    }

    @Setup(Level.Invocation)
    public void openEmpty() throws IOException {
        store = requireNonNull(statuses).emptyStore();
    }

    @TearDown(Level.Invocation)
    public void close() {
        requireNonNull(store).close();
    }

    @Benchmark
    public LoadSummary csv() throws IOException {
        return requireNonNull(statuses).load(requireNonNull(store), FeedKind.CSV, CorpusFile.CSV);
    }

    @Benchmark
    public LoadSummary index() throws IOException {
        return requireNonNull(lines).load(requireNonNull(store), FeedKind.INDEX, CorpusFile.INDEX);
    }

    @Benchmark
    public LoadSummary crl() throws IOException {
        return requireNonNull(revocations)
                .load(requireNonNull(store), FeedKind.CRL, CorpusFile.CRL);
    }

    /// The base: RocksDB's own writer of sorted tables, as fast as its format allows.
    @Benchmark
    public long sstWriter() throws IOException, RocksDBException {
        String table =
                BenchmarkDirectory.ofThisProcess().empty("table").resolve("rows.sst").toString();
        try (Options options = new Options();
                EnvOptions environment = new EnvOptions();
                SstFileWriter writer = new SstFileWriter(environment, options)) {
            writer.open(table);
            ByteBuffer key = ByteBuffer.allocateDirect(ISSUER_BYTES + SyntheticSerials.BYTES);
            ByteBuffer value = ByteBuffer.allocateDirect(VALUE_BYTES);
            for (byte[] row : sorted) {
                writer.put(key.clear().put(row).flip(), value.clear());
            }
            writer.finish();
            return writer.fileSize();
        }
    }
}
