package org.precertocsp.loadtest.bench;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
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
import org.precertocsp.loadtest.requests.Workload;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerContext;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.FastAnswerLookup;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.UnassignedSerialListener;
import org.precertocsp.responder.http.EventLoopExchange;
import org.precertocsp.responder.http.HttpConfig;
import org.precertocsp.responder.http.HttpReply;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;

/// Claim: a cached answer takes at most 1.5 µs from the bytes of an HTTP request to those of the
/// reply, and creates no garbage beyond Netty's pooled buffers.
///
/// Run: `precert-load bench CachedAnswer`. Input: requests for 4,096 serials in turn, SHA-1, no
/// nonce, as the load driver writes them; P-256, delegate sent. Not measured: sockets, misses.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CachedAnswerBenchmark {
    private static final long CACHE_BYTES = 64 << 20;
    private static final Duration SECONDS = Duration.ofSeconds(10);

    /// How requests arrive.
    public enum Way {
        GET,
        POST
    }

    @Param({"GET", "POST"})
    private Way way = Way.GET;

    private final MonotonicClock clock = new MonotonicClock(InstantSource.system());
    private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    private ByteBuf[] requests = {};
    private @Nullable RocksStore store;
    private @Nullable ResponderCredential credential;
    private @Nullable EventLoopExchange exchange;
    private @Nullable EventLoopExchange recogniser;
    private int next;

    @Setup
    public void fill() throws IOException, InvalidCertificateException {
        BenchmarkFixture corpus =
                BenchmarkFixture.of(EncodedRequests.COUNT, 0, CorpusKeyType.P256, CorpusFile.CSV);
        Workload workload = way == Way.GET ? Workload.plainGet() : Workload.plainPost();
        requests = EncodedRequests.http(corpus, workload).direct();
        store = corpus.store();
        credential = corpus.credential(ProviderChoice.FASTEST);
        AnswerContext shared =
                corpus.answers(
                        requireNonNull(store), requireNonNull(credential), PresignMode.NONE, clock);
        AnswerCache<HttpReply> cache =
                new AnswerCache<>(CACHE_BYTES, HttpReply::of, HttpReply::bytes);
        AnswerService service =
                new AnswerService(shared, cache, ResponseStore.NONE, SECONDS, AnswerEvents.NONE);
        for (byte[] request : EncodedRequests.der(corpus, Workload.plainPost()).all()) {
            askOnce(shared.issuers(), service, request);
        }
        FastAnswerLookup<HttpReply> ready =
                new FastAnswerLookup<>(
                        shared, cache, HttpReply.unauthorized(), UnassignedSerialListener.NONE);
        HttpConfig http = http();
        OcspRequestDecoder decoder = new OcspRequestDecoder(new RequestLimits(1));
        HttpReply unauthorized = HttpReply.unauthorized();
        exchange = new EventLoopExchange(http, decoder, ready::find, clock);
        recogniser = new EventLoopExchange(http, decoder, (_, _) -> unauthorized, clock);
    }

    @TearDown
    public void close() {
        Arrays.stream(requests).forEach(ByteBuf::release);
        requireNonNull(exchange).close();
        requireNonNull(recogniser).close();
        requireNonNull(credential).key().close();
        requireNonNull(store).close();
    }

    /// The whole path.
    @Benchmark
    public int answer() {
        ByteBuf reply = requireNonNull(exchange).answer(nextRequest(), allocator);
        if (reply == null) {
            throw new IllegalStateException("not answered from memory");
        }
        int length = reply.readableBytes();
        reply.release();
        return length;
    }

    /// All but the lookup: the request is parsed, and a reply of the smallest size is written.
    @Benchmark
    public int parse() {
        ByteBuf reply = requireNonNull(recogniser).answer(nextRequest(), allocator);
        if (reply == null) {
            throw new IllegalStateException("not answered");
        }
        int length = reply.readableBytes();
        reply.release();
        return length;
    }

    private ByteBuf nextRequest() {
        return requests[next++ & (EncodedRequests.COUNT - 1)].readerIndex(0);
    }

    private void askOnce(IssuerDirectory issuers, AnswerService service, byte[] request) {
        OcspRequestDecoder decoder = new OcspRequestDecoder(new RequestLimits(1));
        if (!(decoder.decode(request) instanceof OcspRequest query)
                || !(service.answer(issuers.resolve(query, clock.instant()))
                        instanceof Answer.Served)) {
            throw new IllegalStateException("an assigned serial was not answered");
        }
    }

    private static HttpConfig http() {
        return new HttpConfig(
                List.of(), "/", 8192, 8192, 65_536, 64, 1 << 20, 1, 1, List.of(), 1, SECONDS,
                SECONDS, SECONDS);
    }
}
