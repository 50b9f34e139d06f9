package org.precertocsp.responder.cluster.answers;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.io.HttpClients;
import org.precertocsp.responder.logging.RateLimitedLogger;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.CircuitBreaker;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SigningState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks authorities for the answers to CertIDs, over mutual TLS. Thread-safe.
///
/// One thread gathers what is asked within a millisecond, or 64 CertIDs, into a batch, and sends it
/// to the first authority that works. If there is no reply after the time in which nearly all of
/// its replies come, the same is asked of the next one, and whoever replies first is heard
/// ([Call#hedge]). An authority that refuses or fails is followed by the next at once. So one dead
/// or silent authority costs a delay of some milliseconds, for as long as its circuit breaker takes
/// to open; while it is open nobody waits for it, and a probe each second finds out when it works
/// again. Idle authorities are probed as well: the connection stays warm, and a failure is known
/// before a client needs the authority.
///
/// Bounded: as many CertIDs wait as configured, each until its deadline. While every authority that
/// works has [#MOST_CALLS] requests without a reply, what is asked gathers into larger batches.
///
/// Nothing here judges a response: that is for [RemoteSigner], which asks another authority if it
/// does not believe one.
public final class AuthorityClient implements AutoCloseable {
    /// An authority.
    ///
    /// @param name in metrics and alerts
    /// @param address of its API, such as `https://a.ca.example:8444`
    public record Endpoint(String name, URI address) {}

    /// @param mostWaiting CertIDs at once; others are refused
    /// @param batchKeys CertIDs in a request, at most [AuthorityAnswers#MAX_KEYS]
    /// @param batchWait how long the first CertID of a batch waits for others
    /// @param patience how long to wait for an answer, whatever is tried
    /// @param hedgeAfter when the next authority is asked as well; if empty, by the replies before
    /// @param breakerFailures consecutive failures after which an authority is only probed
    public record Settings(
            int mostWaiting,
            int batchKeys,
            Duration batchWait,
            Duration patience,
            Optional<Duration> hedgeAfter,
            int breakerFailures) {
        /// Without anything configured.
        public static final Settings USUAL =
                new Settings(
                        256,
                        AuthorityAnswers.MAX_KEYS,
                        Duration.ofMillis(1),
                        Duration.ofSeconds(2),
                        Optional.empty(),
                        5);

        /// @throws IllegalArgumentException if nothing could ever be asked
        public Settings {
            if (mostWaiting < 1
                    || batchKeys < 1
                    || batchKeys > AuthorityAnswers.MAX_KEYS
                    || breakerFailures < 1
                    || !patience.isPositive()) {
                throw new IllegalArgumentException("limits that allow no request");
            }
        }

        /// The same, but for how many CertIDs may wait.
        public Settings withMostWaiting(int most) {
            return new Settings(most, batchKeys, batchWait, patience, hedgeAfter, breakerFailures);
        }
    }

    /// The state of an authority, for metrics; a snapshot.
    ///
    /// @param failing true while it is only probed
    /// @param replies to requests, since the start
    /// @param failures requests without a usable reply, since the start
    /// @param hedged requests sent since another authority had not replied in time
    /// @param disbelieved responses of it that were not served
    public record State(
            String name,
            boolean failing,
            long replies,
            long failures,
            long hedged,
            long disbelieved) {}

    /// Requests without a reply with which an authority is asked for nothing new. Each is a
    /// connection, and so a TLS handshake after a burst begins: with many, all of them would wait
    /// for each other's handshakes. 16 batches are more CertIDs than wait by default.
    static final int MOST_CALLS = 16;

    private static final int MAX_REPLY = 1 << 20;
    private static final int MOST_TEMPLATES = 256;
    private static final Duration PROBE_EVERY = Duration.ofSeconds(1);

    /// After a response that was not believed nothing is asked for so long.
    static final Duration DISBELIEF = Duration.ofSeconds(10);

    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration QUEUE_WAIT = Duration.ofSeconds(1);
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final int BUSY = 503;
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityClient.class);
    private static final RateLimitedLogger DISBELIEVED = new RateLimitedLogger(LOG);

    private final List<Authority> authorities;
    private final Settings settings;
    private final InstantSource clock;
    private final Alarm alarm;
    // Of this object alone: what waits here must not wait for others that use the common pool,
    // on which the client of the JDK and CompletableFuture finish asynchronous work.
    private final ExecutorService workers;
    private final ScheduledThreadPoolExecutor timers;
    private final HttpClient http;
    private final BlockingQueue<Routed> queue;
    private final AtomicInteger waiting = new AtomicInteger();
    // Notified when a request ends.
    private final Object ended = new Object();
    private final ConcurrentMap<ByteString, CompletableFuture<ResponseTemplate>> templates =
            new ConcurrentHashMap<>();
    private final List<BackgroundTasks.Task> running = new ArrayList<>();
    private volatile boolean closed;

    private AuthorityClient(
            List<Endpoint> endpoints,
            SSLContext tls,
            Settings settings,
            Alarm alarm,
            InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.alarm = alarm;
        this.authorities = endpoints.stream().map(Authority::new).toList();
        this.workers =
                Executors.newCachedThreadPool(
                        Thread.ofPlatform().daemon().name("authority-http-", 0).factory());
        this.timers =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("authority-timer-", 0).factory());
        this.timers.setRemoveOnCancelPolicy(true);
        this.http =
                HttpClients.builder(settings.patience()).sslContext(tls).executor(workers).build();
        // Each waiting CertID is here once for each authority at most.
        this.queue = new ArrayBlockingQueue<>(settings.mostWaiting() * endpoints.size());
    }

    /// Runs until closed.
    ///
    /// @param endpoints in the order in which they are preferred: the nearest first
    /// @param tls with this edge's certificate, trusting the authorities' CA
    public static AuthorityClient start(
            List<Endpoint> endpoints,
            SSLContext tls,
            Settings settings,
            BackgroundTasks tasks,
            Alarm alarm,
            InstantSource clock) {
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("an edge asks at least one authority");
        }
        AuthorityClient client = new AuthorityClient(endpoints, tls, settings, alarm, clock);
        client.running.add(tasks.required().thread("authority-batches", client::sendNext));
        client.running.add(
                tasks.every("authority-probes", PROBE_EVERY, PROBE_EVERY, client::probe));
        return client;
    }

    /// Every authority, in the order of preference.
    public List<State> states() {
        return authorities.stream().map(Authority::state).toList();
    }

    /// CertIDs that wait for an answer.
    public int waiting() {
        return waiting.get();
    }

    /// Why no authority can be asked now, or empty. Never blocks.
    public Optional<String> problem() {
        for (Authority authority : authorities) {
            if (!authority.breaker.isOpen()) {
                return Optional.empty();
            }
        }
        return Optional.of("no authority answers: " + String.join("; ", failures()));
    }

    private List<String> failures() {
        return authorities.stream()
                .map(
                        it ->
                                it.name
                                        + ": "
                                        + it.breaker
                                                .lastFailure()
                                                .map(SigningState.Failure::what)
                                                .orElse("it is not believed"))
                .toList();
    }

    Duration patience() {
        return settings.patience();
    }

    /// Begins to ask; to be closed by the caller when it has an answer, or waits no longer.
    ///
    /// @return empty if too many wait already
    Optional<Ask> ask(CertId certId) {
        if (closed || waiting.incrementAndGet() > settings.mostWaiting()) {
            waiting.decrementAndGet();
            return Optional.empty();
        }
        Ask ask = new Ask(certId);
        if (!queue.offer(new Routed(ask, null))) {
            ask.close();
            return Optional.empty();
        }
        return Optional.of(ask);
    }

    /// What an authority said of one CertID.
    sealed interface Outcome {
        /// @param template SHA-256 of it, where there is a response
        record Replied(
                Authority from, long sequence, AnswerReply.Item item, Optional<ByteString> template)
                implements Outcome {}

        /// @param why for people
        record Failed(String why) implements Outcome {}
    }

    /// One CertID for which somebody waits.
    final class Ask implements AutoCloseable {
        private final CertId certId;
        private final long deadline = System.nanoTime() + settings.patience().toNanos();
        private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();

        // Guarded by this object. Null until the first authority is chosen.
        private @Nullable Deque<Authority> remaining;
        private int pending = 1;
        private boolean done;

        private Ask(CertId certId) {
            this.certId = certId;
        }

        /// Nanoseconds until the deadline.
        long left() {
            return deadline - System.nanoTime();
        }

        /// The next outcome. Blocks until there is one.
        ///
        /// @return null at the deadline
        @Nullable Outcome take() throws InterruptedException {
            return outcomes.poll(Math.max(0, left()), TimeUnit.NANOSECONDS);
        }

        /// Asks another authority, since what was said is of no use.
        ///
        /// @return false if none is left that could still say something
        boolean another() {
            Authority next = next();
            if (next == null) {
                return isPending();
            }
            if (queue.offer(new Routed(this, next))) {
                return true;
            }
            deliver(new Outcome.Failed("too many CertIDs wait"));
            return true;
        }

        private synchronized boolean isPending() {
            return pending > 0 || !outcomes.isEmpty();
        }

        /// The authority to ask first; the others follow in this order.
        ///
        /// @param order of those that work
        private synchronized @Nullable Authority first(List<Authority> order) {
            remaining = new ArrayDeque<>(order);
            return remaining.poll();
        }

        /// Reserves the next authority, which then must deliver an outcome.
        private synchronized @Nullable Authority next() {
            Authority next = done || remaining == null ? null : remaining.poll();
            if (next != null) {
                pending++;
            }
            return next;
        }

        private synchronized void deliver(Outcome outcome) {
            pending--;
            outcomes.add(outcome);
        }

        private synchronized boolean isDone() {
            return done;
        }

        @Override
        public void close() {
            synchronized (this) {
                if (done) {
                    return;
                }
                done = true;
            }
            waiting.decrementAndGet();
        }
    }

    /// A CertID in the queue.
    ///
    /// @param to null to choose
    private record Routed(Ask ask, @Nullable Authority to) {}

    /// Sends one batch, or several if some of it was asked of one authority already.
    private Duration sendNext() throws InterruptedException {
        Routed first = queue.poll(QUEUE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            return Duration.ZERO;
        }
        List<Routed> batch = new ArrayList<>();
        batch.add(first);
        awaitRoom();
        long until = System.nanoTime() + settings.batchWait().toNanos();
        while (batch.size() < settings.batchKeys()) {
            Routed next = queue.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                break;
            }
            batch.add(next);
        }
        send(batch, false);
        return Duration.ZERO;
    }

    /// Waits while every authority that works has too much to do already.
    private void awaitRoom() throws InterruptedException {
        synchronized (ended) {
            while (isFull()) {
                ended.wait(QUEUE_WAIT.toMillis());
            }
        }
    }

    private boolean isFull() {
        List<Authority> usable = authorities.stream().filter(Authority::isUsable).toList();
        return !usable.isEmpty() && usable.stream().allMatch(Authority::isFull);
    }

    private void send(List<Routed> batch, boolean hedge) {
        List<Authority> order =
                authorities.stream()
                        .filter(Authority::isUsable)
                        .sorted(Comparator.comparing(Authority::isFull))
                        .toList();
        Map<Authority, List<Ask>> byAuthority = new LinkedHashMap<>();
        for (Routed routed : batch) {
            Ask ask = routed.ask();
            if (ask.isDone()) {
                continue;
            }
            Authority to = routed.to() == null ? ask.first(order) : routed.to();
            if (to == null) {
                ask.deliver(
                        new Outcome.Failed(
                                "every authority keeps failing: " + String.join("; ", failures())));
            } else {
                byAuthority.computeIfAbsent(to, _ -> new ArrayList<>()).add(ask);
            }
        }
        byAuthority.forEach((to, asks) -> new Call(to, asks).start(hedge));
    }

    /// One request to one authority.
    private final class Call {
        private final Authority to;
        private final List<Ask> asks;
        private final List<CertId> certIds;
        private final long begun = System.nanoTime();
        private volatile boolean completed;

        Call(Authority to, List<Ask> asks) {
            this.to = to;
            this.asks = asks;
            this.certIds = asks.stream().map(it -> it.certId).distinct().toList();
        }

        void start(boolean hedge) {
            if (hedge) {
                to.hedged.increment();
            }
            to.calls.incrementAndGet();
            HttpRequest request =
                    to.request("/edge/v1/answers", settings.patience())
                            .header("Content-Type", "application/ocsp-request")
                            .POST(BodyPublishers.ofByteArray(AnswerRequest.encode(certIds)))
                            .build();
            workers.execute(() -> run(request));
            if (authorities.size() > 1) {
                var _ =
                        timers.schedule(
                                () -> {
                                    if (!completed) {
                                        workers.execute(() -> hedge(true));
                                    }
                                },
                                hedgeDelay().toNanos(),
                                TimeUnit.NANOSECONDS);
            }
        }

        private void run(HttpRequest request) {
            HttpResponse<byte[]> response = null;
            String failure = "";
            try {
                response = AuthorityClient.this.send(request);
            } catch (IOException e) {
                failure = text(e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                failure = "this server stops";
            } catch (RejectedExecutionException _) {
                failure = "this server stops";
            } finally {
                complete(response, failure);
            }
        }

        private Duration hedgeDelay() {
            return settings.hedgeAfter().orElseGet(to.delays::hedgeDelay);
        }

        /// Asks the next authority for what has no answer yet.
        private void hedge(boolean late) {
            List<Routed> open = new ArrayList<>();
            for (Ask ask : asks) {
                Authority next = ask.next();
                if (next != null) {
                    open.add(new Routed(ask, next));
                }
            }
            send(open, late);
        }

        /// Delivers an outcome to each caller, whatever happened.
        private void complete(@Nullable HttpResponse<byte[]> response, String failure) {
            completed = true;
            to.ended();
            List<Outcome> outcomes;
            try {
                outcomes = outcomes(response, failure);
            } catch (RuntimeException e) {
                LOG.error("a reply of authority {} could not be handled", to.name, e);
                outcomes = failed("a bug in precert-ocsp: " + e);
            }
            for (int i = 0; i < asks.size(); i++) {
                asks.get(i).deliver(outcomes.get(certIds.indexOf(asks.get(i).certId)));
            }
        }

        private List<Outcome> outcomes(@Nullable HttpResponse<byte[]> response, String failure) {
            if (response == null) {
                return closed ? failed("this server stops") : broken(failure);
            }
            if (response.statusCode() == BUSY) {
                to.failures.increment();
                hedge(false);
                return failed("it is busy");
            }
            if (response.statusCode() != OK) {
                return broken(refusal(response));
            }
            AnswerReply reply;
            try {
                reply = AnswerReply.decode(response.body());
            } catch (InvalidReplyException e) {
                return broken("it sent no reply of this version: " + e.getMessage());
            }
            if (reply.items().size() != certIds.size()) {
                return broken(
                        "it sent %d items for %d CertIDs"
                                .formatted(reply.items().size(), certIds.size()));
            }
            to.replied(System.nanoTime() - begun);
            return reply.items().stream()
                    .<Outcome>map(
                            it ->
                                    new Outcome.Replied(
                                            to, reply.sequence(), it, template(reply, it)))
                    .toList();
        }

        private static Optional<ByteString> template(AnswerReply reply, AnswerReply.Item item) {
            return item instanceof AnswerReply.Item.Signed(var record)
                    ? Optional.of(reply.templates().get(record.template()))
                    : Optional.empty();
        }

        /// Asks the next authority before anybody hears of it, so that all are asked in one
        /// request.
        private List<Outcome> broken(String why) {
            to.failed(why);
            hedge(false);
            return failed(why);
        }

        private List<Outcome> failed(String why) {
            Outcome failed = new Outcome.Failed(to.name + ": " + why);
            return certIds.stream().map(_ -> failed).toList();
        }
    }

    private static String refusal(HttpResponse<byte[]> response) {
        if (response.statusCode() == FORBIDDEN) {
            return "it does not accept this edge's certificate: give it the role edge in admin.api.clients";
        }
        byte[] body = response.body();
        return "it sent %d: %s"
                .formatted(
                        response.statusCode(),
                        new String(body, 0, Math.min(body.length, 200), StandardCharsets.UTF_8));
    }

    private static String text(Throwable failure) {
        if (failure instanceof HttpTimeoutException) {
            return "no reply in time";
        }
        // Without a message, from the client of the JDK.
        return failure instanceof ConnectException && failure.getMessage() == null
                ? "nothing listens there"
                : Objects.toString(failure.getMessage(), failure.toString());
    }

    /// Sends a request, and blocks until the reply is complete, at most for the patience.
    private HttpResponse<byte[]> send(HttpRequest request)
            throws IOException, InterruptedException {
        Watchdog watchdog = new Watchdog(Thread.currentThread());
        Future<?> barking =
                timers.schedule(watchdog, settings.patience().toNanos(), TimeUnit.NANOSECONDS);
        try {
            return http.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_REPLY));
        } catch (InterruptedException e) {
            if (watchdog.hasInterrupted()) {
                throw new HttpTimeoutException("no complete reply in time");
            }
            throw e;
        } finally {
            barking.cancel(false);
            watchdog.end();
        }
    }

    /// Interrupts a thread that waits for too long: the timeout of a request ends with the headers
    /// of its reply.
    private static final class Watchdog implements Runnable {
        private final Thread guarded;
        private boolean interrupted;
        private boolean ended;

        Watchdog(Thread guarded) {
            this.guarded = guarded;
        }

        @Override
        public synchronized void run() {
            if (!ended) {
                interrupted = true;
                guarded.interrupt();
            }
        }

        synchronized boolean hasInterrupted() {
            return interrupted;
        }

        /// On the guarded thread: afterwards it is not interrupted from here.
        synchronized void end() {
            ended = true;
            if (interrupted) {
                boolean _ = Thread.interrupted();
            }
        }
    }

    /// The template with that ID, from the authority that named it unless it is known. Blocks.
    ///
    /// @throws IOException it cannot be had, or is something else
    ResponseTemplate template(Authority from, ByteString id, long nanos)
            throws IOException, InterruptedException {
        if (templates.size() >= MOST_TEMPLATES && !templates.containsKey(id)) {
            templates.clear();
        }
        CompletableFuture<ResponseTemplate> found =
                templates.computeIfAbsent(id, _ -> fetch(from, id));
        try {
            return found.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("it did not send its template in time", e);
        } catch (ExecutionException e) {
            templates.remove(id, found);
            throw new IOException(
                    "its template: " + text(Objects.requireNonNullElse(e.getCause(), e)), e);
        }
    }

    private CompletableFuture<ResponseTemplate> fetch(Authority from, ByteString id) {
        HttpRequest request =
                from.request("/edge/v1/templates/" + id.toHex(), settings.patience()).build();
        CompletableFuture<ResponseTemplate> fetched = new CompletableFuture<>();
        Runnable fetch =
                () -> {
                    try {
                        fetched.complete(template(send(request), id));
                    } catch (IOException | RuntimeException e) {
                        fetched.completeExceptionally(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        fetched.completeExceptionally(e);
                    }
                };
        try {
            workers.execute(fetch);
        } catch (RejectedExecutionException e) {
            fetched.completeExceptionally(e);
        }
        return fetched;
    }

    private static ResponseTemplate template(HttpResponse<byte[]> response, ByteString id)
            throws IOException {
        if (response.statusCode() != OK) {
            throw new IOException(refusal(response));
        }
        ResponseTemplate template = ResponseTemplate.decode(ByteString.of(response.body()));
        if (!template.id().equals(id)) {
            throw new IOException("it sent another one");
        }
        return template;
    }

    /// Probes the authorities that fail, or were not used for some time, and keeps alerts.
    private void probe() throws InterruptedException {
        Map<Authority, Future<HttpResponse<byte[]>>> probes = new HashMap<>();
        for (Authority authority : authorities) {
            if (authority.isSuspect || System.nanoTime() - authority.usedAt > IDLE.toNanos()) {
                HttpRequest request =
                        authority.request("/edge/v1/sequence", settings.patience()).build();
                probes.put(authority, workers.submit(() -> send(request)));
            }
        }
        for (Map.Entry<Authority, Future<HttpResponse<byte[]>>> it : probes.entrySet()) {
            Authority authority = it.getKey();
            authority.usedAt = System.nanoTime();
            try {
                HttpResponse<byte[]> response = it.getValue().get();
                if (response.statusCode() == OK) {
                    authority.works();
                } else {
                    authority.failed(refusal(response));
                }
            } catch (ExecutionException e) {
                authority.failed(text(Objects.requireNonNullElse(e.getCause(), e)));
            }
        }
        authorities.forEach(Authority::report);
    }

    /// One authority as this edge knows it.
    final class Authority {
        private final String name;
        private final URI address;
        private final CircuitBreaker breaker;
        private final Delays delays = new Delays();
        private final AtomicInteger calls = new AtomicInteger();
        private final LongAdder replies = new LongAdder();
        private final LongAdder failures = new LongAdder();
        private final LongAdder hedged = new LongAdder();
        private final LongAdder disbelieved = new LongAdder();
        // Failed last, and is probed until it works.
        private volatile boolean isSuspect;
        private volatile boolean isDisbelieved;
        private volatile long disbelievedAt;
        private volatile long usedAt = System.nanoTime() - IDLE.toNanos();

        // Of the task that probes.
        private boolean reported;
        private boolean checked;

        private Authority(Endpoint endpoint) {
            this.name = endpoint.name();
            this.address = endpoint.address();
            this.breaker = new CircuitBreaker(settings.breakerFailures(), PROBE_EVERY);
        }

        String name() {
            return name;
        }

        private boolean isFull() {
            return calls.get() >= MOST_CALLS;
        }

        private boolean isUsable() {
            return !breaker.isOpen()
                    && (!isDisbelieved || System.nanoTime() - disbelievedAt > DISBELIEF.toNanos());
        }

        private void ended() {
            calls.decrementAndGet();
            synchronized (ended) {
                ended.notifyAll();
            }
        }

        private HttpRequest.Builder request(String path, Duration limit) {
            return HttpRequest.newBuilder(address.resolve(path))
                    .timeout(limit)
                    .header("User-Agent", HttpClients.USER_AGENT);
        }

        private void replied(long nanos) {
            usedAt = System.nanoTime();
            replies.increment();
            delays.add(nanos);
            works();
        }

        private void works() {
            isSuspect = false;
            breaker.succeeded();
        }

        private void failed(String why) {
            usedAt = System.nanoTime();
            failures.increment();
            isSuspect = true;
            if (!closed) {
                LOG.debug("authority {}: {}", name, why);
                breaker.failed(clock.instant(), why);
            }
        }

        /// It sent a response that must not be served: an attack, or a bug.
        void disbelieved(String why) {
            disbelieved.increment();
            disbelievedAt = System.nanoTime();
            isDisbelieved = true;
            DISBELIEVED.error("a response of authority %s is not served: %s".formatted(name, why));
            alarm.raise(
                    new Incident(
                            Incident.Kind.AUTHORITY_DISBELIEVED,
                            name,
                            "Authority %s sent a response that must not be served: %s. It was not"
                                            .formatted(name, why)
                                    + " sent to any client; another authority was asked. Find out"
                                    + " whether that node, or its configuration, is what it should"
                                    + " be."));
        }

        /// Raises or ends the alert, also the one of an earlier process.
        private void report() {
            if (breaker.isOpen()) {
                if (!reported) {
                    reported = true;
                    String why =
                            breaker.lastFailure().map(SigningState.Failure::what).orElse("unknown");
                    LOG.error("authority {} does not answer: {}", name, why);
                    alarm.raise(
                            new Incident(
                                    Incident.Kind.AUTHORITY_SILENT,
                                    name,
                                    "Authority %s does not answer this edge: %s. Responses that this"
                                                    .formatted(name, why)
                                            + " edge has are served; others come from the other"
                                            + " authorities, and if there are none, clients"
                                            + " receive tryLater. It is probed each second, and"
                                            + " this alert ends when it answers."));
                }
            } else if (reported || !checked) {
                reported = false;
                alarm.end(Incident.Kind.AUTHORITY_SILENT, name);
            }
            checked = true;
        }

        private State state() {
            return new State(
                    name,
                    breaker.isOpen(),
                    replies.sum(),
                    failures.sum(),
                    hedged.sum(),
                    disbelieved.sum());
        }
    }

    /// How long an authority's latest replies took. Thread-safe.
    static final class Delays {
        private static final int KEPT = 128;
        private static final int FEW = 16;
        private static final long FIRST = Duration.ofMillis(20).toNanos();
        private static final long LEAST = Duration.ofMillis(5).toNanos();
        private static final long MOST = Duration.ofMillis(200).toNanos();

        private final long[] nanos = new long[KEPT];
        private int added;

        synchronized void add(long took) {
            nanos[added++ % KEPT] = took;
            if (added == 2 * KEPT) {
                added = KEPT;
            }
        }

        /// The time in which 19 of 20 replies come, within limits.
        synchronized Duration hedgeDelay() {
            int known = Math.min(added, KEPT);
            if (known < FEW) {
                return Duration.ofNanos(FIRST);
            }
            long[] sorted = Arrays.copyOf(nanos, known);
            Arrays.sort(sorted);
            return Duration.ofNanos(Math.clamp(sorted[known * 19 / 20], LEAST, MOST));
        }
    }

    /// Ends requests under way; those that wait for them hear of it.
    @Override
    public void close() {
        closed = true;
        running.forEach(BackgroundTasks.Task::stopNow);
        timers.shutdownNow();
        workers.shutdownNow();
        http.shutdownNow();
        List<Routed> left = new ArrayList<>();
        queue.drainTo(left);
        left.forEach(it -> it.ask().deliver(new Outcome.Failed("this server stops")));
    }
}
