package org.precertocsp.loadtest.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Instant;
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
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerContext;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.http.HttpReply;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;

/// Claim: an answer that is not in memory costs its reads from the store and, where none is stored,
/// its signature, and hardly more.
///
/// Pays for the rows "stored" and "live" of the performance targets: `status` is the read of a
/// status, `response` the read of a stored response with its codec, `stored` both with the assembly
/// of the answer, `live` a status and a signature. `Reassembly` and `Sign` measure assembly and
/// signature alone.
///
/// Run: `precert-load bench StoredAnswer`. Input: a store of `records` statuses, of which 16,384
/// have a stored response, or all if there are fewer; these in turn, in an order that is not the
/// store's; blocks cached, P-256, delegate sent. Not measured: HTTP, the change of threads, a store
/// larger than memory.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StoredAnswerBenchmark {
    private static final int MOST_ASKED = 1 << 14;
    private static final double REVOKED_SHARE = 0.05;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    // The first prime above 2^31: it strides far over the population, and not in order.
    private static final long STRIDE = 2_147_483_659L;

    @Param("1000000")
    private int records;

    private final MonotonicClock clock = new MonotonicClock(BenchmarkFixture.source());
    private SerialKey[] serials = {};
    private CertId[] certIds = {};
    private ResponseKey[] keys = {};
    private @Nullable RocksStore store;
    private @Nullable ResponderCredential credential;
    private @Nullable AnswerService stored;
    private @Nullable AnswerService live;
    private int next;

    @Setup
    public void sign() throws IOException, InvalidCertificateException, InterruptedException {
        BenchmarkFixture corpus =
                BenchmarkFixture.of(records, REVOKED_SHARE, CorpusKeyType.P256, CorpusFile.CSV);
        int asked = Math.min(MOST_ASKED, Integer.highestOneBit(records));
        serials = new SerialKey[asked];
        certIds = new CertId[asked];
        keys = new ResponseKey[asked];
        for (int i = 0; i < asked; i++) {
            serials[i] = corpus.assigned(i * STRIDE % records);
            keys[i] = new ResponseKey(serials[i], HashAlgorithm.SHA1, DigestParameters.NULL);
            certIds[i] = keys[i].certId();
        }
        RocksStore opened = corpus.store();
        store = opened;
        credential = corpus.credential(ProviderChoice.FASTEST);
        stored = service(corpus, opened.responses(), PresignMode.ASKED);
        live = service(corpus, ResponseStore.NONE, PresignMode.NONE);
        storeAll(opened.responses());
    }

    private AnswerService service(
            BenchmarkFixture corpus, ResponseStore responses, PresignMode presign) {
        AnswerContext shared =
                corpus.answers(requireNonNull(store), requireNonNull(credential), presign, clock);
        // Too small for any answer.
        AnswerCache<HttpReply> cache = new AnswerCache<>(0, HttpReply::of, HttpReply::bytes);
        return new AnswerService(
                shared, cache, responses, BenchmarkFixture.ANSWER_LIMIT, AnswerEvents.NONE);
    }

    /// Answers are written behind, and dropped if too many wait: until all are there.
    private void storeAll(ResponseStore responses) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < keys.length; i++) {
            while (responses.find(keys[i]).isEmpty()) {
                answer(requireNonNull(stored), i);
                if (i % 256 == 0) {
                    Thread.sleep(1);
                }
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw new IllegalStateException("answers are not stored");
                }
            }
        }
    }

    @TearDown
    public void close() {
        requireNonNull(store).close();
        requireNonNull(credential).key().close();
    }

    @Benchmark
    public Optional<StatusRecord> status() {
        return requireNonNull(store).find(serials[turn()]);
    }

    @Benchmark
    public Optional<StoredResponse> response() {
        Optional<StoredResponse> found = requireNonNull(store).responses().find(keys[turn()]);
        if (found.isEmpty()) {
            throw new IllegalStateException("a stored response is missing");
        }
        return found;
    }

    @Benchmark
    public Answer stored() {
        return answer(requireNonNull(stored), turn());
    }

    @Benchmark
    public Answer live() {
        return answer(requireNonNull(live), turn());
    }

    private Answer answer(AnswerService service, int turn) {
        Instant now = clock.instant();
        Answer answer = service.answer(certIds[turn], now);
        if (!(answer instanceof Answer.Served)) {
            throw new IllegalStateException("an assigned serial was not answered");
        }
        return answer;
    }

    private int turn() {
        return next++ & (certIds.length - 1);
    }
}
