package org.precertocsp.responder.http;

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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.ResolvedRequest;
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
/// line, which the places of answers in flight bound. Answers good for one request alone have
/// threads and places of their own: a quarter of all places.
final class Answerer implements AutoCloseable {
    /// Asked of clients when every thread is taken; the next moment may do.
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /// Of the places, one in so many at most is for answers good for one request alone.
    private static final int SINGLE_USE_SHARE = 4;

    private static final Duration THREAD_KEEP_ALIVE = Duration.ofMinutes(1);
    private static final Duration INTERRUPTED_GRACE = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(Answerer.class);

    private static final Decoded NO_BASE64 =
            new Rejected(OcspError.MALFORMED_REQUEST, "a path that is no base64");

    private final OcspTarget path;
    private final CanonicalTarget canonicalTarget;
    private final RequestDecoder decoder;
    private final IssuerDirectory issuers;
    private final Sources sources;
    private final InstantSource clock;
    private final Traffic traffic;
    private final Predicate<ResolvedRequest> isSingleUse;
    private final Pool shareable;
    private final Pool singleUse;
    private final Replies replies = new Replies();
    private final LogBudget budget = new LogBudget(LOG);

    Answerer(HttpConfig config, Answering answering, InstantSource clock) {
        this.path = new OcspTarget(config.path());
        this.canonicalTarget = new CanonicalTarget(config.path());
        this.decoder = answering.decoder();
        this.issuers = answering.issuers();
        this.sources = answering.sources();
        this.clock = clock;
        this.traffic = answering.traffic();
        this.isSingleUse = answering.singleUse().is();
        this.shareable = new Pool("answer-", answering.threads(), config.maxInFlight());
        this.singleUse =
                new Pool(
                        "single-use-",
                        answering.singleUse().threads(),
                        Math.max(1, config.maxInFlight() / SINGLE_USE_SHARE));
    }

    /// Threads, and the places of those who use them or wait for one.
    private static final class Pool {
        final Semaphore places;
        final ThreadPoolExecutor threads;

        Pool(String name, int threads, int places) {
            this.places = new Semaphore(places);
            this.threads =
                    new ThreadPoolExecutor(
                            threads,
                            threads,
                            THREAD_KEEP_ALIVE.toSeconds(),
                            TimeUnit.SECONDS,
                            // Never full: places are fewer.
                            new ArrayBlockingQueue<>(places),
                            Thread.ofPlatform().daemon().name(name, 0).factory());
            this.threads.allowCoreThreadTimeOut(true);
        }
    }

    /// One request, and what it waits for.
    ///
    /// @param begin when it was whole, as [System#nanoTime]
    /// @param method as it is counted
    private record Asked<R>(long begin, String method, Form<R> form, Consumer<R> then) {}

    /// Never blocks. Calls back once, from this thread or another.
    ///
    /// A POST of any content type is read: some clients omit it, and only DER can be understood.
    void answer(HttpRequest request, Consumer<HttpReply> then) {
        Optional<String> rest = path.within(request.target());
        boolean post = request.isPost();
        Optional<Octets> der = post ? Optional.of(request.body()) : rest.flatMap(GetPath::decode);
        boolean canonical = post || (der.isPresent() && canonicalTarget.is(request, der.get()));
        Asked<HttpReply> asked =
                new Asked<>(
                        System.nanoTime(),
                        Traffic.word(request.method()),
                        new Form.Http(replies, post ? List.of() : request.ifNoneMatch(), canonical),
                        then);
        if (!post && !request.isGet() && !request.isHead()) {
            reply(asked, Traffic.NO_HASH, HttpReply.methodNotAllowed());
        } else if (rest.isEmpty()) {
            reply(asked, Traffic.NO_HASH, HttpReply.notFound());
        } else {
            judge(asked, der.map(it -> decoder.decode(it.toArray())).orElse(NO_BASE64));
        }
    }

    /// As above, for a request that asks for nothing out of the ordinary.
    void answer(PlainAsked plain, Consumer<PreparedReply> then) {
        String method = plain.isPost() ? "post" : "get";
        judge(
                new Asked<>(System.nanoTime(), method, new Form.Prepared(replies), then),
                plain.decode(decoder));
    }

    private <R> void judge(Asked<R> asked, Decoded decoded) {
        switch (decoded) {
            case Rejected rejected -> {
                LOG.debug("{}: {}", rejected.error(), rejected.why());
                HttpReply error = HttpReply.error(rejected.error());
                reply(asked, Traffic.NO_HASH, asked.form().of(error));
            }
            case OcspQuery query -> submit(asked, issuers.resolve(query, clock.instant()));
        }
    }

    private <R> void reply(Asked<R> asked, String hash, R reply) {
        String outcome = asked.form().outcome(reply);
        traffic.replied(asked.begin(), new Traffic.Kind(asked.method(), hash, outcome));
        asked.then().accept(reply);
    }

    private <R> void submit(Asked<R> asked, ResolvedRequest request) {
        Pool pool = isSingleUse.test(request) ? singleUse : shareable;
        if (!pool.places.tryAcquire()) {
            LOG.debug("tryLater: as many answers in flight as there may be");
            tryLater(asked, request);
            return;
        }
        boolean handedOver = false;
        try {
            pool.threads.execute(() -> ask(asked, request, pool));
            handedOver = true;
        } catch (RejectedExecutionException _) {
            LOG.debug("tryLater: the server stops");
        } finally {
            // Also where no thread could be made, which is an Error.
            if (!handedOver) {
                pool.places.release();
                tryLater(asked, request);
            }
        }
    }

    private <R> void tryLater(Asked<R> asked, ResolvedRequest request) {
        reply(asked, request.hash().word(), asked.form().of(HttpReply.tryLater(RETRY_AFTER)));
    }

    private <R> void ask(Asked<R> asked, ResolvedRequest request, Pool pool) {
        Form<R> form = asked.form();
        @Nullable R reply = null;
        try {
            Answer answer = sources.by(asked.method()).answer(request);
            if (answer instanceof Answer.Served served) {
                Instant made = served.response().window().thisUpdate();
                traffic.served(Duration.between(made, request.arrival()).toSeconds());
            }
            reply = form.of(answer, clock.instant());
        } catch (RuntimeException e) {
            budget.error("internalError: the answer chain threw", e);
        } finally {
            // Here, so that even an Error leaves no client waiting.
            pool.places.release();
            reply(asked, request.hash().word(), reply == null ? failed(form) : reply);
        }
    }

    private static <R> R failed(Form<R> form) {
        return form.of(HttpReply.error(OcspError.INTERNAL_ERROR));
    }

    /// Interrupts what is still running, and waits: after this, nothing uses store or key.
    @Override
    public void close() {
        List<Pool> pools = List.of(shareable, singleUse);
        pools.forEach(pool -> pool.threads.shutdownNow());
        long deadline = System.nanoTime() + INTERRUPTED_GRACE.toNanos();
        try {
            for (Pool pool : pools) {
                long left = deadline - System.nanoTime();
                if (!pool.threads.awaitTermination(left, TimeUnit.NANOSECONDS)) {
                    LOG.warn("{} answers did not end", pool.threads.getActiveCount());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
