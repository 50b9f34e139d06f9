package org.precertocsp.loadtest.drive;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.precertocsp.der.ByteString;
import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.ExpectedStatus;
import org.precertocsp.loadtest.requests.RequestEncoder;
import org.precertocsp.loadtest.requests.RequestStream;

/// One run, on one event loop: sends due requests on any free connection and records the answers.
/// Everything but [#end] happens on the loop's thread.
final class LoadEngine implements LoadConnection.Owner, PollingEventLoop.LoopTask {
    /// The result of a run.
    record End(Duration measured, LoadTestResult.DriverCost cost) {}

    private static final long SECOND = 1_000_000_000L;

    /// After the schedule's end, for late answers and requests.
    private static final long GRACE = 5 * SECOND;

    private static final long ANSWER_LIMIT = 10 * SECOND;
    private static final int CONNECT_LIMIT_MILLIS = 5_000;
    private static final int REFUSED_PAUSE_MILLIS = 100;

    /// The loop polls when the next request is due sooner than this.
    private static final long POLL_WITHIN = 1_000_000L;

    private static final int READ_BUFFER = 8 << 10;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final LoadTestPlan plan;
    private final ResultCollector results;
    private final AnswerSamples samples;
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final RequestEncoder encoder;
    private final EncodedRequest request = new EncodedRequest();
    private final HttpResponseScanner scanner = new HttpResponseScanner();
    private final boolean[] seenKinds = new boolean[EncodedRequest.KINDS];
    private final LoadConnection[] connections;
    private final FreeSlots free;
    private final CompletableFuture<End> end = new CompletableFuture<>();

    private SendSchedule schedule = new SendSchedule.AsFastAsAnswered(System.nanoTime());
    private IntervalCounters slice;
    private boolean running;
    private boolean wakeSet;
    private int opening;
    private long nextIndex;
    private long warmEnd;
    private long planEnd;
    private long lastTick;
    private long lastAnswer;
    private long untilSample;

    private boolean sentSomething;
    private long lastLook;
    private long polled;
    private long cpuBefore;
    private long polledBefore;

    LoadEngine(
            LoadTestPlan plan,
            RequestStream stream,
            ResultCollector results,
            AnswerSamples samples,
            EventLoop loop) {
        this.plan = plan;
        this.results = results;
        this.samples = samples;
        this.loop = loop;
        this.bootstrap =
                new Bootstrap()
                        .group(loop)
                        .channel(PollingEventLoop.channel())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_LIMIT_MILLIS)
                        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(READ_BUFFER))
                        .remoteAddress(
                                new InetSocketAddress(plan.target().host(), plan.target().port()));
        this.encoder = stream.encoder(plan.target(), plan.connections().keepAlive());
        this.slice = results.open();
        this.connections = new LoadConnection[plan.connections().count()];
        this.free = new FreeSlots(connections.length * plan.connections().pipeline());
        this.untilSample = plan.verifyEvery();
        for (int i = 0; i < connections.length; i++) {
            connections[i] = new LoadConnection(this, plan.connections());
        }
    }

    /// Completed when the run is over.
    CompletableFuture<End> end() {
        return end;
    }

    /// Opens all connections, then begins.
    void start() {
        if (!plan.connections().keepAlive()) {
            begin();
            return;
        }
        opening = connections.length;
        for (LoadConnection connection : connections) {
            connection.open();
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
        lastLook = now;
        schedule = SendSchedule.of(plan.pace(), now, plan.warmUp().plus(plan.duration()));
        running = true;
        if (plan.warmUp().isZero()) {
            noteCost();
        }
        long first = plan.warmUp().toNanos() % SECOND;
        tickAt(now + (first == 0 ? SECOND : first));
        sendDue();
    }

    private void tickAt(long time) {
        var _ = loop.schedule(() -> tick(time), time - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void tick(long time) {
        if (!running) {
            return;
        }
        if (time == warmEnd) {
            noteCost();
        }
        long now = System.nanoTime();
        closeSlice(time);
        for (LoadConnection connection : connections) {
            InFlightRequests flights = connection.flights();
            if (flights.count() > 0 && now - flights.sent(flights.oldest()) > ANSWER_LIMIT) {
                connection.abandon(RequestFailure.TIMEOUT);
            }
        }
        if (now - planEnd > GRACE) {
            giveUp(now);
        } else {
            tickAt(time + SECOND);
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
        long until = Math.max(planEnd, lastAnswer);
        closeSlice(Math.max(now, lastTick + 1));
        Duration measured = Duration.ofNanos(until - warmEnd);
        long cpu = THREADS.getCurrentThreadCpuTime() - cpuBefore - (polled - polledBefore);
        double share = cpu / (double) Math.max(1, now - warmEnd);
        end.complete(
                new End(
                        measured,
                        new LoadTestResult.DriverCost(Duration.ofNanos(Math.max(0, cpu)), share)));
        for (LoadConnection connection : connections) {
            connection.close();
        }
    }

    private void noteCost() {
        cpuBefore = THREADS.getCurrentThreadCpuTime();
        polledBefore = polled;
    }

    @Override
    public boolean sendDue() {
        if (!running) {
            return false;
        }
        long now = System.nanoTime();
        while (!free.isEmpty() && schedule.isDue(now)) {
            long intended = schedule.take(now);
            encoder.encode(nextIndex, request);
            free.take().send(intended, now, nextIndex, request);
            nextIndex++;
            sentSomething = true;
        }
        // Without a free connection nothing can be sent before an answer wakes the loop.
        long until = free.isEmpty() ? Long.MAX_VALUE : schedule.untilNext(now);
        if (until < POLL_WITHIN) {
            return true;
        }
        if (until < Long.MAX_VALUE && !wakeSet) {
            wakeSet = true;
            var _ =
                    loop.schedule(
                            () -> wakeSet = false, until - POLL_WITHIN / 2, TimeUnit.NANOSECONDS);
        }
        return false;
    }

    @Override
    public void afterPoll(int handled, boolean polling) {
        long now = System.nanoTime();
        if (polling && handled == 0 && !sentSomething) {
            polled += now - lastLook;
        }
        sentSomething = false;
        lastLook = now;
    }

    @Override
    public void open(LoadConnection connection) {
        bootstrap
                .clone()
                .handler(connection)
                .connect()
                .addListener(
                        connected -> {
                            if (!connected.isSuccess()) {
                                connection.refused();
                            }
                            if (opening > 0 && --opening == 0) {
                                begin();
                            }
                        });
    }

    @Override
    public HttpResponseScanner scanner() {
        return scanner;
    }

    @Override
    public void answered(InFlightRequests flights, int slot, byte[] bytes) {
        lastAnswer = System.nanoTime();
        slice.answers++;
        if (scanner.status() != 200) {
            failed(flights, slot, RequestFailure.HTTP_STATUS);
            return;
        }
        int status = ResponseStatusReader.status(bytes, scanner.bodyAt(), scanner.bodyLength());
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
                    wrong(flights, slot, AnswerFault.MALFORMED, "a body that is no OCSPResponse");
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
    public void free(LoadConnection connection, int slots, boolean refused) {
        if (refused) {
            var _ =
                    loop.schedule(
                            () -> free(connection, slots, false),
                            REFUSED_PAUSE_MILLIS,
                            TimeUnit.MILLISECONDS);
            return;
        }
        for (int i = 0; i < slots; i++) {
            free.add(connection);
        }
        sendDue();
        if (running && free.isFull() && schedule.isOver(System.nanoTime())) {
            finish(System.nanoTime());
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
