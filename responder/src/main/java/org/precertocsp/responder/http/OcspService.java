package org.precertocsp.responder.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.ResolvedRequest;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.http.HttpReply.Framing;
import org.precertocsp.responder.http.OcspServiceConfig.Sources;
import org.precertocsp.responder.logging.RateLimitedLogger;
import org.precertocsp.signer.SignedResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers requests without a ready reply: resolves each at once, on the caller's event loop, and
/// calls the answer service, which may block, on its own threads.
///
/// Requests change threads in batches: those that an event loop reads in one cycle are handed over
/// together, and their replies come back together. On a busy processor each change of threads costs
/// as much as reading a status. A request that may wait for a token is a batch of its own, since
/// others must not wait for it.
///
/// As many platform threads as necessary, no more: store and key end in native calls, which would
/// pin virtual threads to their carriers, and every thread beyond those that can compute or wait
/// for a token costs a busy processor context switches. Requests that find no free thread wait in a
/// queue, bounded by the number of answers in flight. Answers for a single request have threads and
/// a queue of their own: a quarter of all permits.
final class OcspService implements AutoCloseable {
    /// Retry-After when every thread is taken; a moment may be enough.
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /// One in this many permits, at most, is for answers that serve a single request.
    private static final int SINGLE_USE_SHARE = 4;

    private static final Duration THREAD_KEEP_ALIVE = Duration.ofMinutes(1);
    private static final Duration INTERRUPTED_GRACE = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(OcspService.class);

    private final IssuerDirectory issuers;
    private final Sources sources;
    private final InstantSource clock;
    private final RequestMetrics traffic;
    private final Predicate<ResolvedRequest> isSingleUse;
    private final int batch;
    private final Pool shareable;
    private final Pool singleUse;
    private final RateLimitedLogger budget = new RateLimitedLogger(LOG);

    OcspService(HttpConfig config, OcspServiceConfig answering, InstantSource clock) {
        this.issuers = answering.issuers();
        this.sources = answering.sources();
        this.clock = clock;
        this.traffic = answering.traffic();
        this.isSingleUse = answering.singleUse().is();
        this.batch = answering.batch();
        this.shareable = new Pool("answer-", answering.threads(), config.maxInFlight());
        this.singleUse =
                new Pool(
                        "single-use-",
                        answering.singleUse().threads(),
                        Math.max(1, config.maxInFlight() / SINGLE_USE_SHARE));
    }

    /// A request, and the callback that receives its reply on its event loop.
    private record Waiting(
            ResolvedRequest request, EventLoopExchange.Asked asked, Consumer<HttpReply> then) {}

    /// The requests of one event loop that are handed over together. Belongs to that event loop.
    final class Dispatcher {
        private final Executor loop;
        private final List<Waiting> forAll = new ArrayList<>();
        private final List<Waiting> forOne = new ArrayList<>();
        private boolean handingOver;

        private Dispatcher(Executor loop) {
            this.loop = loop;
        }

        /// Never blocks. Calls back once, at once or later, on the event loop.
        void answer(EventLoopExchange.Asked asked, Consumer<HttpReply> then) {
            ResolvedRequest request = issuers.resolve(asked.query(), clock.instant());
            boolean single = isSingleUse.test(request);
            Waiting waiting = new Waiting(request, asked, then);
            if (!(single ? singleUse : shareable).permits.tryAcquire()) {
                LOG.debug("tryLater: as many answers in flight as there may be");
                reply(waiting, HttpReply.tryLater(RETRY_AFTER));
                return;
            }
            (single ? forOne : forAll).add(waiting);
            if (!handingOver) {
                handingOver = true;
                // After the other sockets that are ready now were read.
                loop.execute(this::handOver);
            }
        }

        private void handOver() {
            handingOver = false;
            submit(forAll, shareable);
            submit(forOne, singleUse);
        }

        private void submit(List<Waiting> requests, Pool pool) {
            while (!requests.isEmpty()) {
                List<Waiting> next = requests.subList(0, Math.min(requests.size(), batch));
                List<Waiting> together = List.copyOf(next);
                // Before they are handed over: none is ever answered twice.
                next.clear();
                pool.submit(together, loop);
            }
        }
    }

    /// For one event loop.
    Dispatcher dispatcher(Executor loop) {
        return new Dispatcher(loop);
    }

    /// Threads, and the limit on requests that use them or wait for one.
    private final class Pool {
        final Semaphore permits;
        final ThreadPoolExecutor threads;

        Pool(String name, int threads, int permits) {
            this.permits = new Semaphore(permits);
            this.threads =
                    new ThreadPoolExecutor(
                            threads,
                            threads,
                            THREAD_KEEP_ALIVE.toSeconds(),
                            TimeUnit.SECONDS,
                            // Never full: its capacity is above the limit.
                            new ArrayBlockingQueue<>(permits),
                            Thread.ofPlatform().daemon().name(name, 0).factory());
            this.threads.allowCoreThreadTimeOut(true);
        }

        /// @param batch each with a permit
        void submit(List<Waiting> batch, Executor loop) {
            try {
                threads.execute(() -> ask(batch, this, loop));
                return;
            } catch (RejectedExecutionException _) {
                LOG.debug("tryLater: the server stops");
            } catch (OutOfMemoryError e) {
                budget.error("tryLater: no thread can be created", e);
            }
            permits.release(batch.size());
            batch.forEach(it -> reply(it, HttpReply.tryLater(RETRY_AFTER)));
        }
    }

    private void ask(List<Waiting> batch, Pool pool, Executor loop) {
        HttpReply[] replies = new HttpReply[batch.size()];
        Arrays.fill(replies, HttpReply.INTERNAL_ERROR);
        try {
            readAhead(batch);
            for (int i = 0; i < replies.length; i++) {
                replies[i] = ask(batch.get(i));
            }
        } finally {
            // Here, so that even an Error leaves no client without a reply.
            pool.permits.release(replies.length);
            loop.execute(() -> reply(batch, replies));
        }
    }

    private void reply(List<Waiting> batch, HttpReply[] replies) {
        for (int i = 0; i < replies.length; i++) {
            try {
                reply(batch.get(i), replies[i]);
            } catch (RuntimeException e) {
                // The others of the batch are other clients.
                budget.error("a reply could not be written", e);
            }
        }
    }

    private void readAhead(List<Waiting> batch) {
        if (batch.size() == 1) {
            return;
        }
        try {
            batch.stream()
                    .collect(
                            Collectors.groupingBy(
                                    it -> sources.of(it.asked().framing().method()),
                                    Collectors.mapping(Waiting::request, Collectors.toList())))
                    .forEach(ResponseSource::readAhead);
        } catch (RuntimeException e) {
            budget.error("the answer chain threw before it was asked", e);
        }
    }

    private HttpReply ask(Waiting waiting) {
        try {
            ResponseSource source = sources.of(waiting.asked().framing().method());
            Answer answer = source.answer(waiting.request());
            if (answer instanceof Answer.Served served) {
                Instant made = served.response().window().thisUpdate();
                traffic.served(Duration.between(made, waiting.request().arrival()).toSeconds());
            }
            return encoded(answer);
        } catch (RuntimeException e) {
            budget.error("internalError: the answer chain threw", e);
            return HttpReply.INTERNAL_ERROR;
        }
    }

    private void reply(Waiting waiting, HttpReply reply) {
        Framing framing = waiting.asked().framing();
        traffic.replied(
                waiting.asked().begin(),
                new RequestMetrics.Kind(
                        framing.method().word(),
                        waiting.request().hash().word(),
                        reply.outcome(framing)));
        waiting.then().accept(reply);
    }

    /// Converts an answer to HTTP. A POST gets the headers of a GET. They do no harm: without
    /// Content-Location no cache may reuse the answer to a POST (HT-15), and the client learns when
    /// to request it again.
    private HttpReply encoded(Answer answer) {
        return switch (answer) {
            case Answer.Served served -> inTime(HttpReply.of(served), served.response());
            case Answer.ServedOnce once -> inTime(HttpReply.of(once), once.response());
            case Answer.NotOurs(String why) -> {
                LOG.debug("unauthorized: {}", why);
                yield HttpReply.unauthorized();
            }
            case Answer.Busy busy -> {
                LOG.debug("tryLater: {}", busy.why());
                yield HttpReply.tryLater(busy.retryAfter());
            }
            case Answer.Failed(String why) -> failed(why);
        };
    }

    /// Invariant 5: no reply is safer than a stale status. Checked again when the reply is written.
    private HttpReply inTime(HttpReply reply, SignedResponse response) {
        Instant now = clock.instant();
        return reply.covers(now.toEpochMilli())
                ? reply
                : failed("a response for " + response.window() + " was about to be sent at " + now);
    }

    private HttpReply failed(String why) {
        budget.error("internalError: " + why);
        return HttpReply.INTERNAL_ERROR;
    }

    /// Interrupts running calls, and waits: after this, no thread uses store or key.
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
