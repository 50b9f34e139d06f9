package org.precertocsp.loadtest.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
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
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.signer.InvalidCertificateException;

/// Claim: revoking serials that are there costs little more than loading them as new ones, since
/// both are merged in order.
///
/// Pays for the row "revoked while serving" of the performance targets; the base is `BulkLoad.crl`,
/// the same CRL into an empty store.
///
/// Run: `precert-load bench Revocation`. Input: a store of `records` good statuses, and a CRL of
/// all of them. Not measured: opening and closing the store, an audit log, answers in memory.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class RevocationBenchmark {
    @Param("1000000")
    private int records;

    private @Nullable BenchmarkFixture good;
    private @Nullable BenchmarkFixture revoked;
    private @Nullable RocksStore store;

    @Setup
    public void write() throws IOException, InvalidCertificateException {
        good = BenchmarkFixture.of(records, 0, CorpusKeyType.P256, CorpusFile.CSV);
        revoked = BenchmarkFixture.of(records, 1, CorpusKeyType.P256, CorpusFile.CRL);
    }

    @Setup(Level.Invocation)
    public void open() throws IOException {
        store = requireNonNull(good).storeCopy();
    }

    @TearDown(Level.Invocation)
    public void close() {
        requireNonNull(store).close();
    }

    @Benchmark
    public LoadSummary crl() throws IOException {
        return requireNonNull(revoked).load(requireNonNull(store), FeedKind.CRL, CorpusFile.CRL);
    }
}
