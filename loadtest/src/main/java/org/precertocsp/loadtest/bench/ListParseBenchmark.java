package org.precertocsp.loadtest.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
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
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.signer.InvalidCertificateException;

/// Claim: reading a list is the smaller part of loading it.
///
/// Pays for the rows "CSV" and "index.txt" of the performance targets: `BulkLoad` measures the
/// whole, `BulkSort` the sorter.
///
/// Run: `precert-load bench ListParse`. Input: `records` lines, 5 % of them revoked, the file's
/// pages in memory. Not measured: the store; the statuses go nowhere.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ListParseBenchmark {
    private static final double REVOKED_SHARE = 0.05;

    @Param("1000000")
    private int records;

    private @Nullable BenchmarkFixture corpus;

    @Setup
    public void write() throws IOException, InvalidCertificateException {
        corpus =
                BenchmarkFixture.of(
                        records,
                        REVOKED_SHARE,
                        CorpusKeyType.P256,
                        CorpusFile.CSV,
                        CorpusFile.INDEX);
    }

    @Benchmark
    public int csv() throws FeedRejectedException {
        return requireNonNull(corpus).read(FeedKind.CSV, CorpusFile.CSV, records);
    }

    @Benchmark
    public int index() throws FeedRejectedException {
        return requireNonNull(corpus).read(FeedKind.INDEX, CorpusFile.INDEX, records);
    }
}
