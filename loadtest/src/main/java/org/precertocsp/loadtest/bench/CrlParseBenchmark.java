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

/// Claim: verifying and reading a CRL of a million entries takes a small part of the three seconds
/// that loading it may take.
///
/// Pays for the row "CRL" of the performance targets, of which `BulkLoad.crl` is the whole.
///
/// Run: `precert-load bench CrlParse`. Input: a DER CRL of `records` entries, two in three with a
/// reason, P-256, its pages in memory. Not measured: the store; the entries go nowhere.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CrlParseBenchmark {
    @Param("1000000")
    private int records;

    private @Nullable BenchmarkFixture corpus;

    @Setup
    public void write() throws IOException, InvalidCertificateException {
        corpus = BenchmarkFixture.of(records, 1, CorpusKeyType.P256, CorpusFile.CRL);
    }

    @Benchmark
    public int verifyAndRead() throws FeedRejectedException {
        return requireNonNull(corpus).read(FeedKind.CRL, CorpusFile.CRL, records);
    }
}
