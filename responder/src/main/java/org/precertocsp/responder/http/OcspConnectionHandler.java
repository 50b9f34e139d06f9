package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection: requests one after the other, each answered before the next is read. So
/// pipelined answers keep their order, and a client that does not read cannot make answers pile up.
/// The socket is not read while bytes wait here; all data held for the client counts towards
/// [ConnectionMemoryBudget]. Runs on the channel's event loop only.
final class OcspConnectionHandler extends ChannelInboundHandlerAdapter {
    /// How long a client may continue to send after a rejection. Closing at once would reset the
    /// connection, and the client might lose the reply before reading it.
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final byte[] NOTHING = {};
    private static final Logger LOG = LoggerFactory.getLogger(OcspConnectionHandler.class);

    /// Requests taken from one connection before others are served.
    private static final int TURN = 4;

    private enum Phase {
        IDLE,
        RECEIVING,
        ANSWERING,
        WRITING,
        DISCARDING
    }

    /// How long a client may send nothing before it counts as silent.
    private static final long MUTE = TimeUnit.SECONDS.toNanos(1);

    /// How a client keeps its connection waiting, and since when.
    ///
    /// @param rank the lowest is the first to be closed for another
    /// @param since as [System#nanoTime]
    record Silence(int rank, long since) {
        private static final int NEVER_SPOKEN = 0;
        private static final int IDLE = 1;
        private static final int BUSY = 2;
    }

    private final ServerContext endpoint;
    private final Channel channel;
    private final EventLoopExchange exchange;
    private final OcspService.Dispatcher dispatcher;
    private final RequestParser parser;
    private final ConnectionMemoryBudget.Holder pending;
    private final ConnectionTimeout deadline;

    /// The input after a request that is being answered.
    private byte[] waiting = NOTHING;

    private int waitingFrom;

    private long parserBytes;
    private long unwrittenBytes;
    private int unwrittenWrites;
    private Phase phase = Phase.IDLE;
    private boolean taking;
    private boolean inputEnded;
    private boolean spoken;
    private boolean yielded;

    OcspConnectionHandler(ServerContext endpoint, Channel channel) {
        this.endpoint = endpoint;
        this.channel = channel;
        ServerContext.Loop loop = endpoint.loop(channel.eventLoop());
        this.exchange = loop.exchange();
        this.dispatcher = loop.dispatcher();
        this.parser = exchange.newParser(this::holdForParser);
        this.pending = endpoint.pending().holder(channel);
        HttpConfig config = endpoint.config();
        Duration shortest = shorter(LINGER, shorter(config.headerTimeout(), config.idleTimeout()));
        this.deadline = new ConnectionTimeout(channel.eventLoop(), shortest, this::tooSlow);
    }

    /// A client that connects must send its first byte within the time of a complete request.
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        deadline.in(endpoint.config().headerTimeout());
    }

    Channel channel() {
        return channel;
    }

    /// Null while the server is the one to act. For any thread; it may read a value that is a
    /// moment old.
    @Nullable Silence silence(long now) {
        long since = deadline.since();
        boolean mute = !spoken && now - since >= MUTE;
        return switch (phase) {
            case IDLE -> new Silence(mute ? Silence.NEVER_SPOKEN : Silence.IDLE, since);
            case RECEIVING, WRITING -> new Silence(Silence.BUSY, since);
            case DISCARDING -> new Silence(Silence.NEVER_SPOKEN, since);
            case ANSWERING -> null;
        };
    }

    /// @param otherwise run if the client has been active meanwhile
    void closeIfSilent(Silence seen, Runnable otherwise) {
        onLoop(
                () -> {
                    Silence now = silence(System.nanoTime());
                    if (now != null && now.since() == seen.since()) {
                        close();
                    } else {
                        otherwise.run();
                    }
                });
    }

    private boolean holdForParser(int bytes) {
        parserBytes = bytes;
        return hold();
    }

    private boolean hold() {
        return pending.hold(parserBytes + waiting.length + unwrittenBytes);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf in)) {
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            if (phase == Phase.DISCARDING) {
                return;
            }
            if (takesInput() && !isWaiting() && !yielded) {
                byte[] bytes = exchange.give(parser, in);
                take();
                if (parser.hasInput() && phase != Phase.DISCARDING) {
                    // The array belongs to the event loop.
                    keepUnread(Arrays.copyOfRange(bytes, parser.position(), parser.limit()), 0);
                }
            } else {
                wait(in);
            }
        } finally {
            in.release();
        }
        pump();
    }

    private boolean isWaiting() {
        return waitingFrom < waiting.length;
    }

    /// Appended to the input that waits already.
    private void wait(ByteBuf in) {
        int before = waiting.length - waitingFrom;
        byte[] bytes = new byte[before + in.readableBytes()];
        System.arraycopy(waiting, waitingFrom, bytes, 0, before);
        in.readBytes(bytes, before, in.readableBytes());
        keepUnread(bytes, 0);
    }

    private void keepUnread(byte[] bytes, int from) {
        waiting = bytes;
        waitingFrom = from;
        if (!hold()) {
            giveUp();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ConnectionLimiter.Event.DRAIN && phase == Phase.IDLE) {
            close();
        } else if (event instanceof ChannelInputShutdownEvent) {
            // The client sends no more, but may still read: an answer in progress is completed.
            inputEnded = true;
            read(false);
            pump();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        phase = Phase.DISCARDING;
        deadline.cancel();
        waiting = NOTHING;
        waitingFrom = 0;
        pending.end();
    }

    /// Clients often reset connections.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("connection of {} failed", channel.remoteAddress(), cause);
        close();
    }

    /// Processes the waiting input, as far as the phase allows. The socket is read continuously,
    /// since stopping and starting costs a system call each; reading stops only when bytes pile up
    /// behind an answer.
    private void pump() {
        if (taking || yielded) {
            return;
        }
        if (phase == Phase.DISCARDING) {
            waiting = NOTHING;
            waitingFrom = 0;
            var _ = hold();
        } else if (isWaiting() && takesInput()) {
            byte[] bytes = waiting;
            parser.give(bytes, waitingFrom, bytes.length);
            waiting = NOTHING;
            waitingFrom = 0;
            take();
            if (parser.hasInput() && phase != Phase.DISCARDING) {
                keepUnread(bytes, parser.position());
            } else {
                // Less than before: never rejected.
                var _ = hold();
            }
        }
        if (takesInput() && isWaiting()) {
            yieldToOthers();
        } else if (takesInput()) {
            if (inputEnded) {
                close();
            } else {
                read(true);
            }
        } else if (isWaiting()) {
            read(false);
        }
    }

    /// The rest waits until the other connections of this loop were served.
    private void yieldToOthers() {
        yielded = true;
        read(false);
        channel.eventLoop()
                .execute(
                        () -> {
                            yielded = false;
                            pump();
                        });
    }

    private void read(boolean wanted) {
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    private boolean takesInput() {
        return phase == Phase.IDLE || phase == Phase.RECEIVING || phase == Phase.DISCARDING;
    }

    /// Answers the parser's input, as far as possible. A loop, not recursion: a request passed to
    /// [OcspService] may be answered at once.
    private void take() {
        taking = true;
        for (int turn = 0; turn < TURN && parser.hasInput() && takesRequests(); turn++) {
            if (!step()) {
                break;
            }
        }
        taking = false;
    }

    private boolean takesRequests() {
        return phase == Phase.IDLE || phase == Phase.RECEIVING;
    }

    /// @return false if other connections are to be served first
    private boolean step() {
        boolean draining = endpoint.connections().isDraining();
        EventLoopExchange.Stop stop = exchange.answer(parser, draining, channel.alloc());
        spoken = true;
        ByteBuf replies = exchange.takeReplies();
        switch (stop) {
            case NO, YIELD, INPUT_ENDED -> {
                if (replies != null) {
                    send(replies);
                } else if (phase == Phase.IDLE) {
                    receive();
                }
            }
            case ASK -> {
                EventLoopExchange.Asked asked = exchange.takeAsked();
                if (replies != null) {
                    whenWritten(channel.writeAndFlush(replies), () -> {});
                }
                ask(asked);
            }
            case CLOSE -> sendThen(replies, this::close);
            case REFUSED -> refuse(replies);
            case NO_ROOM -> {
                if (replies != null) {
                    replies.release();
                }
                giveUp();
            }
        }
        return stop != EventLoopExchange.Stop.YIELD;
    }

    /// The socket takes most replies at once. One that it does not take delays the next request, as
    /// any other reply does.
    private void send(ByteBuf replies) {
        // A promise for each reply would be its only garbage. A failed write closes the channel, as
        // any other failure does. Not the pipeline's void promise: it would report the failure to a
        // pipeline whose handlers may be gone by then.
        var _ = channel.writeAndFlush(replies, channel.unsafe().voidPromise());
        ChannelOutboundBuffer unwritten = channel.unsafe().outboundBuffer();
        if (unwritten != null && !unwritten.isEmpty()) {
            phase = Phase.WRITING;
            deadline.in(endpoint.config().headerTimeout());
            whenWritten(channel.writeAndFlush(Unpooled.EMPTY_BUFFER), this::await);
        } else if (parser.isBetweenRequests()) {
            phase = Phase.IDLE;
            deadline.in(endpoint.config().idleTimeout());
        } else {
            receive();
        }
    }

    private void ask(EventLoopExchange.Asked asked) {
        phase = Phase.ANSWERING;
        deadline.none();
        dispatcher.answer(asked, reply -> write(asked.framing(), reply));
    }

    private void write(HttpReply.Framing framing, HttpReply reply) {
        boolean close = endpoint.connections().isDraining() || !framing.keepAlive();
        ByteBuf bytes = exchange.encode(reply, framing, close, channel.alloc());
        sendThen(bytes, close ? this::close : this::await);
    }

    /// The rest of the stream cannot be trusted, or will not be read: reply, then close.
    private void refuse(@Nullable ByteBuf before) {
        LOG.debug("{} for {}", parser.refusal(), channel.remoteAddress());
        HttpReply refusal = HttpReply.refusal(parser.refusal());
        HttpReply.Framing framing = parser.refusalFraming();
        endpoint.traffic()
                .count(
                        new RequestMetrics.Kind(
                                framing.method().word(),
                                RequestMetrics.NO_HASH,
                                refusal.outcome(framing)));
        parser.next();
        if (before != null) {
            whenWritten(channel.writeAndFlush(before), () -> {});
        }
        sendThen(exchange.encode(refusal, framing, true, channel.alloc()), this::hangUp);
    }

    private void sendThen(@Nullable ByteBuf replies, Runnable then) {
        phase = Phase.WRITING;
        deadline.in(endpoint.config().headerTimeout());
        whenWritten(channel.writeAndFlush(replies == null ? Unpooled.EMPTY_BUFFER : replies), then);
    }

    private void onLoop(Runnable write) {
        if (channel.eventLoop().inEventLoop()) {
            write.run();
        } else {
            channel.eventLoop().execute(write);
        }
    }

    /// The bytes that the socket does not take at once are held for the client until it reads.
    private void whenWritten(ChannelFuture written, Runnable then) {
        boolean counted = !written.isDone();
        if (counted) {
            ChannelOutboundBuffer unwritten = channel.unsafe().outboundBuffer();
            unwrittenBytes = unwritten == null ? 0 : unwritten.totalPendingWriteBytes();
            unwrittenWrites++;
            if (!hold()) {
                giveUp();
            }
        }
        var _ =
                written.addListener(
                        done -> {
                            if (counted && --unwrittenWrites == 0) {
                                unwrittenBytes = 0;
                                var _ = hold();
                            }
                            if (done.isSuccess()) {
                                then.run();
                            } else {
                                close();
                            }
                        });
    }

    private void await() {
        if (isWaiting() || !parser.isBetweenRequests()) {
            receive();
        } else {
            phase = Phase.IDLE;
            deadline.in(endpoint.config().idleTimeout());
        }
        pump();
    }

    private void receive() {
        spoken = true;
        phase = Phase.RECEIVING;
        deadline.in(endpoint.config().headerTimeout());
    }

    private void hangUp() {
        if (inputEnded || !(channel instanceof DuplexChannel duplex)) {
            close();
            return;
        }
        phase = Phase.DISCARDING;
        deadline.in(LINGER);
        var _ = duplex.shutdownOutput();
        pump();
    }

    private void tooSlow() {
        LOG.debug("{} too slow while {}", channel.remoteAddress(), phase);
        close();
    }

    /// The memory budget has no room for more of this client.
    private void giveUp() {
        phase = Phase.DISCARDING;
        close();
    }

    private void close() {
        var _ = channel.close();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /// Closes a connection that is too slow in any phase.
    ///
    /// Extending the deadline is a field write: the timer checks it when it fires, at intervals no
    /// longer than the shortest timeout ever set, so that no deadline is missed. A timer per
    /// request would cost a heap insertion for each. Used from one event loop only.
    static final class ConnectionTimeout {
        private final EventExecutor loop;
        private final long shortest;
        private final Runnable whenMissed;
        private long since = System.nanoTime();
        private long at;
        private boolean counting;
        private @Nullable Future<?> timer;

        ConnectionTimeout(EventExecutor loop, Duration shortest, Runnable whenMissed) {
            this.loop = loop;
            this.shortest = shortest.toNanos();
            this.whenMissed = whenMissed;
        }

        /// @param time from now; not below the shortest
        void in(Duration time) {
            since = System.nanoTime();
            at = since + time.toNanos();
            counting = true;
            if (timer == null) {
                look();
            }
        }

        /// When [#in] was last called, as [System#nanoTime]. For any thread; it may read a value
        /// that is a moment old.
        long since() {
            return since;
        }

        /// Suspends the timeout until the next [#in].
        void none() {
            counting = false;
        }

        void cancel() {
            counting = false;
            if (timer != null) {
                timer.cancel(false);
            }
        }

        private void look() {
            long left = counting ? at - System.nanoTime() : shortest;
            if (left <= 0) {
                whenMissed.run();
                return;
            }
            timer = loop.schedule(this::look, Math.min(left, shortest), TimeUnit.NANOSECONDS);
        }
    }
}
