package org.precertocsp.loadtest.drive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.precertocsp.der.ByteString;
import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.ExpectedStatus;
import org.precertocsp.loadtest.requests.RequestEncoder;
import org.precertocsp.loadtest.requests.RequestStream;

/// One run, on the thread that calls it: sends due requests on any free connection and records the
/// answers.
///
/// The loop has four steps: send what is due, wait for sockets, handle those that are ready, look
/// at the clock. A request is also sent as soon as an answer makes room for it, not only once per
/// turn: with many sockets ready at a time, it would wait for all of them.
///
/// The driver shares a machine with the server it measures, and its sockets' work in the kernel
/// cannot be saved: one `recv` and one `send` take two thirds of its time. So everything else is
/// done without a framework: no object is created for a request or an answer, and all connections
/// share one buffer for each direction.
final class LoadEngine implements LoadConnection.Owner {
    /// The result of a run.
    record End(Duration measured, LoadTestResult.DriverCost cost) {}

    /// A connection whose server refused it.
    private record Refused(long until, LoadConnection connection, int slots) {}

    private static final long SECOND = 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000L;

    /// After the schedule's end, for late answers and requests.
    private static final long GRACE = 5 * SECOND;

    private static final long ANSWER_LIMIT = 10 * SECOND;
    private static final long CONNECT_LIMIT = 5 * SECOND;
    private static final long REFUSED_PAUSE = 100 * MILLISECOND;

    /// The loop polls when the next request is due sooner than this: a sleeping thread wakes tens
    /// of microseconds late, and a selector counts milliseconds.
    private static final long POLL_WITHIN = 3 * MILLISECOND / 2;

    private static final long WAKE_BEFORE = MILLISECOND / 2;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final LoadTestPlan plan;
    private final ResultCollector results;
    private final AnswerSamples samples;
    private final Selector selector;
    private final RequestEncoder encoder;
    private final EncodedRequest request = new EncodedRequest();
    private final HttpResponseScanner scanner = new HttpResponseScanner();
    private final ResponseStatusReader statuses = new ResponseStatusReader();
    private final boolean[] seenKinds = new boolean[EncodedRequest.KINDS];
    private final LoadConnection[] connections;
    private final FreeSlots free;

    /// The first to be tried again is the first in it: all wait for the same time.
    private final ArrayDeque<Refused> refused = new ArrayDeque<>();

    private SendSchedule schedule = new SendSchedule.AsFastAsAnswered(System.nanoTime());
    private IntervalCounters slice;
    private boolean running;
    private boolean ended;
    private int opening;
    private long nextIndex;
    private long warmEnd;
    private long planEnd;
    private long lastTick;
    private long nextTick;
    private long lastAnswer;
    private long untilSample;
    private long end;
    private boolean sentSomething;
    private long polled;
    private long cpuBefore;
    private long polledBefore;
    private long cpu;

    private LoadEngine(
            LoadTestPlan plan,
            RequestStream stream,
            ResultCollector results,
            AnswerSamples samples,
            Selector selector) {
        this.plan = plan;
        this.results = results;
        this.samples = samples;
        this.selector = selector;
        this.encoder = stream.encoder(plan.target(), plan.connections().keepAlive());
        this.slice = results.open();
        this.connections = new LoadConnection[plan.connections().count()];
        this.free = new FreeSlots(connections.length * plan.connections().pipeline());
        this.untilSample = plan.verifyEvery();
        LoadConnection.Shared shared =
                new LoadConnection.Shared(
                        new InetSocketAddress(plan.target().host(), plan.target().port()),
                        selector,
                        scanner);
        for (int i = 0; i < connections.length; i++) {
            connections[i] = new LoadConnection(this, shared, plan.connections());
        }
    }

    /// Blocks until the run is over.
    static End run(
            LoadTestPlan plan, RequestStream stream, ResultCollector results, AnswerSamples samples)
            throws InterruptedException {
        try (Selector selector = Selector.open()) {
            LoadEngine engine = new LoadEngine(plan, stream, results, samples, selector);
            try {
                return engine.run();
            } finally {
                for (LoadConnection connection : engine.connections) {
                    connection.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("this machine's sockets cannot be watched", e);
        }
    }

    private End run() throws IOException, InterruptedException {
        start();
        Consumer<SelectionKey> ready = this::ready;
        long now = System.nanoTime();
        while (!ended) {
            long idle = sendDue(now);
            int handled =
                    idle < MILLISECOND
                            ? selector.selectNow(ready)
                            : selector.select(ready, idle / MILLISECOND);
            long after = System.nanoTime();
            if (idle < MILLISECOND && handled == 0 && !sentSomething) {
                polled += after - now;
            }
            sentSomething = false;
            now = after;
            look(now);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return new End(
                Duration.ofNanos(Math.max(planEnd, lastAnswer) - warmEnd),
                new LoadTestResult.DriverCost(
                        Duration.ofNanos(cpu), cpu / (double) Math.max(1, end - warmEnd)));
    }

    /// Opens all connections, then begins.
    private void start() {
        nextTick = System.nanoTime() + SECOND;
        if (!plan.connections().keepAlive()) {
            begin();
            return;
        }
        opening = connections.length;
        for (LoadConnection connection : connections) {
            connection.open(System.nanoTime());
        }
    }

    private void begin() {
        for (int i = 0; i < plan.connections().pipeline(); i++) {
            for (LoadConnection connection : connections) {
                free.add(connection);
            }
        }
        long now = System.nanoTime();
        warmEnd = now + plan.warmUp().toNanos();
        planEnd = warmEnd + plan.duration().toNanos();
        lastTick = now;
        schedule = SendSchedule.of(plan.pace(), now, plan.warmUp().plus(plan.duration()));
        running = true;
        if (plan.warmUp().isZero()) {
            noteCost();
        }
        long first = plan.warmUp().toNanos() % SECOND;
        nextTick = now + (first == 0 ? SECOND : first);
    }

    private void ready(SelectionKey key) {
        ((LoadConnection) key.attachment()).ready(key);
    }

    /// Does what has become due with time.
    private void look(long now) {
        while (!refused.isEmpty() && refused.getFirst().until() - now <= 0) {
            Refused again = refused.removeFirst();
            free(again.connection(), again.slots(), false, now);
        }
        if (nextTick - now <= 0) {
            tick(nextTick, now);
        }
    }

    /// @param time when it was due; slices end there, whenever they are closed
    private void tick(long time, long now) {
        for (LoadConnection connection : connections) {
            InFlightRequests flights = connection.flights();
            if (connection.isOpeningLongerThan(CONNECT_LIMIT, now)) {
                connection.lose(RequestFailure.CONNECT);
            } else if (flights.count() > 0 && now - flights.sent(flights.oldest()) > ANSWER_LIMIT) {
                connection.lose(RequestFailure.TIMEOUT);
            }
        }
        nextTick = time + SECOND;
        if (!running) {
            return;
        }
        if (time == warmEnd) {
            noteCost();
        }
        closeSlice(time);
        if (now - planEnd > GRACE) {
            giveUp(now);
        }
    }

    private void closeSlice(long time) {
        slice.backlog = schedule.backlog(time);
        IntervalCounters full = slice;
        slice = results.open();
        results.close(full, time - warmEnd, time - lastTick);
        lastTick = time;
    }

    private void giveUp(long now) {
        for (LoadConnection connection : connections) {
            InFlightRequests flights = connection.flights();
            for (; flights.count() > 0; flights.end()) {
                failed(flights, flights.oldest(), RequestFailure.TIMEOUT);
            }
        }
        for (long left = schedule.backlog(now); left > 0; left--) {
            slice.failed(RequestFailure.UNSENT);
        }
        finish(now);
    }

    private void finish(long now) {
        running = false;
        ended = true;
        end = now;
        closeSlice(Math.max(now, lastTick + 1));
        // A poll's time is the clock's: on a busy machine it may be more than the processor's.
        long used = THREADS.getCurrentThreadCpuTime() - cpuBefore;
        cpu = Math.max(0, used - (polled - polledBefore));
    }

    private void noteCost() {
        cpuBefore = THREADS.getCurrentThreadCpuTime();
        polledBefore = polled;
    }

    /// Sends all requests that are due and find a free connection.
    ///
    /// @return nanoseconds that the loop may sleep; it polls if they are less than a millisecond
    private long sendDue(long now) {
        while (running && !free.isEmpty() && schedule.isDue(now)) {
            long intended = schedule.take(now);
            encoder.encode(nextIndex, request);
            LoadConnection connection = free.take();
            connection.send(intended, now, nextIndex++, request);
            sentSomething = true;
        }
        long idle = Math.max(MILLISECOND, nextTick - now);
        if (!refused.isEmpty()) {
            idle = Math.min(idle, Math.max(MILLISECOND, refused.getFirst().until() - now));
        }
        // Without a free connection nothing can be sent before an answer wakes the loop.
        long until = running && !free.isEmpty() ? schedule.untilNext(now) : Long.MAX_VALUE;
        return until < POLL_WITHIN ? 0 : Math.min(idle, until - WAKE_BEFORE);
    }

    @Override
    public void opened(LoadConnection connection) {
        if (opening > 0 && --opening == 0) {
            begin();
        }
    }

    @Override
    public void answered(InFlightRequests flights, int slot, byte[] bytes, long now) {
        lastAnswer = now;
        slice.answers++;
        if (scanner.status() != 200) {
            failed(flights, slot, RequestFailure.HTTP_STATUS);
            return;
        }
        int status = statuses.read(bytes, scanner.bodyAt(), scanner.bodyLength());
        switch (status) {
            case ResponseStatusReader.SUCCESSFUL -> right(flights, slot, bytes);
            case ResponseStatusReader.UNAUTHORIZED -> {
                if (EncodedRequest.expected(flights.kind(slot)) == ExpectedStatus.UNASSIGNED) {
                    right(flights, slot, bytes);
                } else {
                    wrong(flights, slot, AnswerFault.RESPONSE_STATUS, "unauthorized");
                }
            }
            case ResponseStatusReader.TRY_LATER, ResponseStatusReader.INTERNAL_ERROR ->
                    failed(flights, slot, RequestFailure.TRY_LATER);
            case ResponseStatusReader.MALFORMED ->
                    wrong(
                            flights,
                            slot,
                            AnswerFault.MALFORMED,
                            "a body that is not an OCSPResponse");
            default ->
                    wrong(flights, slot, AnswerFault.RESPONSE_STATUS, "responseStatus " + status);
        }
    }

    private void right(InFlightRequests flights, int slot, byte[] bytes) {
        long intended = flights.intended(slot);
        if (intended >= warmEnd) {
            slice.answered(lastAnswer - intended);
        }
        int kind = flights.kind(slot);
        boolean sampled = plan.verifyEvery() > 0 && --untilSample <= 0;
        if (sampled || !seenKinds[kind]) {
            seenKinds[kind] = true;
            untilSample = sampled ? plan.verifyEvery() : untilSample;
            ByteString body = ByteString.of(bytes, scanner.bodyAt(), scanner.bodyLength());
            samples.offer(new SampledAnswer(flights.index(slot), body, Instant.now()));
        }
    }

    private void wrong(InFlightRequests flights, int slot, AnswerFault fault, String seen) {
        samples.offerWrong(flights.index(slot), fault, seen);
    }

    @Override
    public void failed(InFlightRequests flights, int slot, RequestFailure failure) {
        if (running && flights.intended(slot) >= warmEnd) {
            slice.failed(failure);
        }
    }

    @Override
    public void free(LoadConnection connection, int slots, boolean wasRefused, long now) {
        if (wasRefused) {
            refused.add(new Refused(now + REFUSED_PAUSE, connection, slots));
            return;
        }
        for (int i = 0; i < slots; i++) {
            free.add(connection);
        }
        sendDue(now);
        if (running && free.isFull() && schedule.isOver(now)) {
            finish(now);
        }
    }

    /// Connections with room for a request, first in first out, so that all of them are used alike;
    /// a connection is in it once for every request it has room for.
    static final class FreeSlots {
        private final LoadConnection[] ring;
        private int first;
        private int count;

        FreeSlots(int capacity) {
            ring = new LoadConnection[capacity];
        }

        boolean isEmpty() {
            return count == 0;
        }

        boolean isFull() {
            return count == ring.length;
        }

        void add(LoadConnection connection) {
            ring[(first + count) % ring.length] = connection;
            count++;
        }

        LoadConnection take() {
            LoadConnection taken = ring[first];
            first = (first + 1) % ring.length;
            count--;
            return taken;
        }
    }
}
