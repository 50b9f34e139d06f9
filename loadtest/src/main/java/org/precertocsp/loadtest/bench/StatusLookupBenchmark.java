package org.precertocsp.loadtest.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.signer.InvalidCertificateException;

/// Claim: because of the filter, looking up an absent serial costs less than a present one.
///
/// Run: `precert-load bench StatusLookup`. Input: a RocksDB of `records` statuses, 5 % revoked,
/// loaded from CSV, its blocks cached; serials uniformly at random. Not measured: a store larger
/// than memory, and anything before and after the look-up.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StatusLookupBenchmark {
    /// Enough that their blocks do not all fit in a core's cache.
    private static final int ASKED = 1 << 16;

    private static final double REVOKED_SHARE = 0.05;

    // The first prime above 2^31: it strides far over the population, and not in order.
    private static final long STRIDE = 2_147_483_659L;

    @Param("1000000")
    private int records;

    private final SerialKey[] present = new SerialKey[ASKED];
    private final SerialKey[] absent = new SerialKey[ASKED];
    private @Nullable RocksStore store;
    private int next;

    @Setup
    public void open() throws IOException, InvalidCertificateException {
        BenchmarkFixture corpus =
                BenchmarkFixture.of(records, REVOKED_SHARE, CorpusKeyType.P256, CorpusFile.CSV);
        for (int i = 0; i < ASKED; i++) {
            present[i] = corpus.assigned(i * STRIDE % records);
            absent[i] = corpus.unassigned(i);
        }
        store = corpus.store();
    }

    @TearDown
    public void close() {
        requireNonNull(store).close();
    }

    @Benchmark
    public Optional<StatusRecord> hit() {
        return requireNonNull(store).find(present[next++ & (ASKED - 1)]);
    }

    @Benchmark
    public Optional<StatusRecord> miss() {
        return requireNonNull(store).find(absent[next++ & (ASKED - 1)]);
    }
}
