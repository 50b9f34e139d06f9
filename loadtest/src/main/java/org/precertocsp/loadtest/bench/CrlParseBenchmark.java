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
import org.precertocsp.der.ByteString;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.signer.InvalidCertificateException;

/// Claim: verifying and reading a CRL of a million entries takes a small part of the three seconds
/// that loading it may take.
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
        Counting sink = new Counting();
        requireNonNull(corpus).feed(FeedKind.CRL).read(file(requireNonNull(corpus)), sink);
        if (sink.accepted != records) {
            throw new IllegalStateException(sink.accepted + " entries of " + records);
        }
        return sink.accepted;
    }

    private static FeedFile file(BenchmarkFixture corpus) {
        ChangeSource source =
                new ChangeSource(
                        FeedKind.CRL.word(), "bench", ByteString.of(), BenchmarkFixture.now());
        return new FeedFile(
                corpus.file(CorpusFile.CRL),
                source,
                Optional.of(corpus.fed()),
                ProgressListener.SILENT);
    }

    private static final class Counting implements FeedSink {
        private int accepted;

        @Override
        public void accept(SourceLocation place, StatusChange change) {
            accepted++;
        }

        @Override
        public void refuse(SourceLocation place, String why) {
            throw new IllegalStateException(place + ": " + why);
        }

        @Override
        public void warn(SourceLocation place, String what) {
            // Not relevant here.
        }

        @Override
        public Optional<LatestCrl> crlHead(CrlScope scope) {
            return Optional.empty();
        }

        @Override
        public void putCrlHead(CrlScope scope, LatestCrl head) {
            // Discarded.
        }
    }
}
