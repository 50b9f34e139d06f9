package org.precertocsp.responder.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.http.Answering.Sources;
import org.precertocsp.responder.request.Decoded;
import org.precertocsp.responder.request.OcspError;
import org.precertocsp.responder.request.OcspQuery;
import org.precertocsp.responder.request.Rejected;
import org.precertocsp.responder.request.RequestDecoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a complete HTTP request to its reply: decodes at once, on the caller's event loop, and
/// leaves for a thread of its own only to ask the source, which may block.
///
/// As many platform threads as it takes, no more: store and key end in native calls, which would
/// pin virtual threads to their carriers, and every thread beyond those that can compute or wait
/// for a token costs a busy processor switches from one to the other. What finds none free waits in
/// line, which the places of answers in flight bound.
final class Answerer implements AutoCloseable {
    /// Asked of clients when every thread is taken; the next moment may do.
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final Duration THREAD_KEEP_ALIVE = Duration.ofMinutes(1);
    private static final Duration INTERRUPTED_GRACE = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(Answerer.class);

    private final OcspTarget path;
    private final RequestDecoder decoder;
    private final Sources sources;
    private final InstantSource clock;
    private final Traffic traffic;
    private final Semaphore places;
    private final ThreadPoolExecutor threads;
    private final Replies replies = new Replies();
    private final LogBudget budget = new LogBudget(LOG);

    Answerer(HttpConfig config, Answering answering, InstantSource clock) {
        this.path = new OcspTarget(config.path());
        this.decoder = answering.decoder();
        this.sources = answering.sources();
        this.clock = clock;
        this.traffic = answering.traffic();
        this.places = new Semaphore(config.maxInFlight());
        this.threads =
                new ThreadPoolExecutor(
                        answering.threads(),
                        answering.threads(),
                        THREAD_KEEP_ALIVE.toSeconds(),
                        TimeUnit.SECONDS,
                        // Never full: places are fewer.
                        new ArrayBlockingQueue<>(config.maxInFlight()),
                        Thread.ofPlatform().daemon().name("answer-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /// Never blocks. Calls back once, from this thread or another.
    ///
    /// A POST of any content type is read: some clients omit it, and only DER can be understood.
    void answer(HttpRequest head, byte[] body, Consumer<HttpReply> then) {
        long begin = System.nanoTime();
        Consumer<HttpReply> whenReady = noting(begin, head.method(), "none", then);
        boolean post = head.method().equals(HttpMethod.POST);
        if (!post && !head.method().equals(HttpMethod.GET) && !isHead(head)) {
            whenReady.accept(HttpReply.methodNotAllowed());
            return;
        }
        Optional<String> rest = path.within(head.uri());
        if (rest.isEmpty()) {
            whenReady.accept(HttpReply.notFound());
            return;
        }
        switch (post ? decoder.decode(body) : decodePath(rest.get())) {
            case Rejected rejected -> {
                LOG.debug("{}: {}", rejected.error(), rejected.why());
                whenReady.accept(HttpReply.error(rejected.error()));
            }
            case OcspQuery query -> {
                List<String> conditions =
                        post ? List.of() : head.headers().getAll(HttpHeaderNames.IF_NONE_MATCH);
                String hash = Traffic.word(query.certIds().getFirst().hashAlgorithm());
                Consumer<HttpReply> noted = noting(begin, head.method(), hash, then);
                submit(sources.by(post), query, new Form.Http(replies, conditions), noted);
            }
        }
    }

    /// As above, for a request that asks for nothing out of the ordinary.
    void answer(PlainAsked asked, Consumer<PreparedReply> then) {
        long begin = System.nanoTime();
        String method = asked.post() ? "post" : "get";
        switch (decoder.decode(asked.der())) {
            case Rejected rejected -> {
                LOG.debug("{}: {}", rejected.error(), rejected.why());
                PreparedReply reply = PreparedReply.of(HttpReply.error(rejected.error()));
                traffic.replied(begin, new Traffic.Kind(method, "none", reply.outcome()));
                then.accept(reply);
            }
            case OcspQuery query -> {
                String hash = Traffic.word(query.certIds().getFirst().hashAlgorithm());
                submit(
                        sources.by(asked.post()),
                        query,
                        new Form.Prepared(replies),
                        reply -> {
                            Traffic.Kind kind = new Traffic.Kind(method, hash, reply.outcome());
                            traffic.replied(begin, kind);
                            then.accept(reply);
                        });
            }
        }
    }

    private Consumer<HttpReply> noting(
            long begin, HttpMethod method, String hash, Consumer<HttpReply> then) {
        return reply -> {
            String outcome = Traffic.outcome(reply);
            traffic.replied(begin, new Traffic.Kind(Traffic.word(method), hash, outcome));
            then.accept(reply);
        };
    }

    static boolean isHead(HttpRequest head) {
        return head.method().equals(HttpMethod.HEAD);
    }

    private Decoded decodePath(String text) {
        Optional<Octets> der = GetPath.decode(text);
        return der.isPresent()
                ? decoder.decode(der.get().toArray())
                : new Rejected(OcspError.MALFORMED_REQUEST, "a path that is no base64");
    }

    private <R> void submit(
            ResponseSource source, OcspQuery query, Form<R> form, Consumer<R> whenReady) {
        if (!places.tryAcquire()) {
            LOG.debug("tryLater: as many answers in flight as there may be");
            whenReady.accept(form.of(HttpReply.tryLater(RETRY_AFTER)));
            return;
        }
        Instant arrival = clock.instant();
        try {
            threads.execute(() -> ask(source, query, form, arrival, whenReady));
        } catch (RejectedExecutionException _) {
            places.release();
            whenReady.accept(form.of(HttpReply.tryLater(RETRY_AFTER)));
        }
    }

    private <R> void ask(
            ResponseSource source,
            OcspQuery query,
            Form<R> form,
            Instant arrival,
            Consumer<R> whenReady) {
        @Nullable R reply = null;
        try {
            reply = form.of(source.answer(query, arrival), clock.instant());
        } catch (RuntimeException e) {
            budget.error("internalError: the answer chain threw", e);
        } finally {
            // Here, so that even an Error leaves no client waiting.
            places.release();
            whenReady.accept(
                    reply == null ? form.of(HttpReply.error(OcspError.INTERNAL_ERROR)) : reply);
        }
    }

    /// Interrupts what is still running, and waits: after this, nothing uses store or key.
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(INTERRUPTED_GRACE.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("{} answers did not end", threads.getActiveCount());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
