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
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection: requests one after the other, each answered before the next is looked at. So
/// pipelined answers keep their order, and a client that does not read cannot make answers pile up.
/// The socket is not read while octets wait here; all that is held for the client counts towards
/// [PendingBytes]. Runs on the channel's event loop only.
final class Conversation extends ChannelInboundHandlerAdapter {
    /// How long a client may go on sending what was refused. Closing at once would reset the
    /// connection, and the client might lose the refusal before reading it.
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

    /// Requests taken from one connection before others have their turn.
    private static final int TURN = 4;

    private enum Phase {
        IDLE,
        RECEIVING,
        ANSWERING,
        WRITING,
        DISCARDING
    }

    /// How long a client may say nothing before it counts as one that never will.
    private static final long MUTE = TimeUnit.SECONDS.toNanos(1);

    /// That a client lets its connection wait, and since when.
    ///
    /// @param rank the least is the first to be closed for another
    /// @param since as [System#nanoTime]
    record Silence(int rank, long since) {
        private static final int NEVER_SPOKEN = 0;
        private static final int IDLE = 1;
        private static final int BUSY = 2;
    }

    private final Endpoint endpoint;
    private final Channel channel;
    private final RequestParser parser;
    private final PendingBytes.Holder pending;
    private final Deadline deadline;

    /// What came behind a request that is being answered.
    private ByteBuf waiting = Unpooled.EMPTY_BUFFER;

    private long parserBytes;
    private long unwrittenBytes;
    private Phase phase = Phase.IDLE;
    private boolean pumping;
    private boolean inputEnded;
    private boolean spoken;
    private boolean yielded;

    Conversation(Endpoint endpoint, Channel channel) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.parser = new RequestParser(endpoint.config(), this::holdForParser);
        this.pending = endpoint.pending().holder(channel);
        HttpConfig config = endpoint.config();
        Duration shortest = shorter(LINGER, shorter(config.headerTimeout(), config.idleTimeout()));
        this.deadline = new Deadline(channel.eventLoop(), shortest, this::tooSlow);
    }

    /// Who connects has something to say: the first octet must come as soon as a whole request.
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        deadline.in(endpoint.config().headerTimeout());
    }

    Channel channel() {
        return channel;
    }

    /// Null while the client is not to blame for what lasts. For any thread; what it reads may be a
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

    /// @param otherwise run if the client has done something meanwhile
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

    /// True if nothing is under way and nothing buffered, so that requests may be answered past
    /// this conversation. Not while draining: the last reply has to say that it is.
    boolean mayBePassedBy() {
        return phase == Phase.IDLE && !endpoint.connections().isDraining();
    }

    /// Replies were written past this conversation. What the socket did not take at once holds up
    /// the next request, as any other reply does.
    void passedBy() {
        spoken = true;
        ChannelOutboundBuffer unwritten = channel.unsafe().outboundBuffer();
        if (unwritten == null || unwritten.isEmpty()) {
            deadline.in(endpoint.config().idleTimeout());
            return;
        }
        phase = Phase.WRITING;
        deadline.in(endpoint.config().headerTimeout());
        whenWritten(channel.writeAndFlush(Unpooled.EMPTY_BUFFER), this::await);
    }

    private boolean holdForParser(int bytes) {
        parserBytes = bytes;
        return hold();
    }

    private boolean hold() {
        return pending.hold(parserBytes + waiting.capacity() + unwrittenBytes);
    }

    /// Has a plain request answered that came past the decoder; the reply goes past the encoder.
    void ask(PlainAsked asked, ChannelHandlerContext past) {
        spoken = true;
        phase = Phase.ANSWERING;
        deadline.none();
        endpoint.answerer().answer(asked, reply -> onLoop(() -> write(past, asked, reply)));
    }

    private void write(ChannelHandlerContext past, PlainAsked asked, PreparedReply reply) {
        boolean close = endpoint.connections().isDraining();
        phase = Phase.WRITING;
        deadline.in(endpoint.config().headerTimeout());
        ByteBuf octets =
                endpoint.exchanges().get().encode(reply, close, asked.isCanonical(), past.alloc());
        whenWritten(past.writeAndFlush(octets), close ? this::close : this::await);
    }

    void octetsArrived() {
        if (phase == Phase.IDLE) {
            receive();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf in)) {
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            if (!waiting.isReadable() && !yielded) {
                takeAll(in);
            }
            if (in.isReadable()) {
                keep(in);
            }
        } finally {
            in.release();
        }
        pump();
    }

    /// Copied to its exact length: the buffer it came in may be many times as large.
    private void keep(ByteBuf in) {
        byte[] octets = new byte[waiting.readableBytes() + in.readableBytes()];
        int before = waiting.readableBytes();
        waiting.readBytes(octets, 0, before);
        in.readBytes(octets, before, in.readableBytes());
        waiting = Unpooled.wrappedBuffer(octets);
        if (!hold()) {
            giveUp();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == OpenConnections.Event.DRAIN && phase == Phase.IDLE) {
            close();
        } else if (event instanceof ChannelInputShutdownEvent) {
            // The client sends no more, but may still read: an answer under way is finished.
            inputEnded = true;
            read(false);
            pump();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        phase = Phase.DISCARDING;
        deadline.cancel();
        waiting = Unpooled.EMPTY_BUFFER;
        pending.end();
    }

    /// Clients reset connections all the time.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("connection of {} failed", channel.remoteAddress(), cause);
        close();
    }

    /// Takes what has waited, as long as the phase lets it. The socket is read all the time, since
    /// stopping and starting costs a system call each; it stops only when octets pile up behind an
    /// answer.
    private void pump() {
        if (pumping || yielded) {
            return;
        }
        if (waiting.isReadable()) {
            takeAll(waiting);
            if (!waiting.isReadable()) {
                waiting = Unpooled.EMPTY_BUFFER;
                // Less than before: never refused.
                var _ = hold();
            }
        }
        if (takesInput() && waiting.isReadable()) {
            letOthers();
        } else if (takesInput()) {
            if (inputEnded) {
                close();
            } else {
                read(true);
            }
        } else if (waiting.isReadable()) {
            read(false);
        }
    }

    /// The rest waits until the other connections of this loop had their turn.
    private void letOthers() {
        yielded = true;
        read(false);
        channel.eventLoop()
                .execute(
                        () -> {
                            yielded = false;
                            pump();
                        });
    }

    /// A loop, not recursion: what was read at once may hold hundreds of requests that are answered
    /// at once.
    private void takeAll(ByteBuf in) {
        pumping = true;
        for (int taken = 0; taken < TURN && takesInput() && in.isReadable(); taken++) {
            take(in);
        }
        pumping = false;
    }

    private void read(boolean wanted) {
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    private boolean takesInput() {
        return phase == Phase.IDLE || phase == Phase.RECEIVING || phase == Phase.DISCARDING;
    }

    private void take(ByteBuf in) {
        if (phase == Phase.DISCARDING) {
            in.skipBytes(in.readableBytes());
            return;
        }
        octetsArrived();
        switch (parser.read(in)) {
            case INCOMPLETE -> {}
            case CONTINUE_EXPECTED -> sendContinue();
            case WHOLE -> answer(parser.take());
            case REFUSED -> refuse(parser.refusal());
            case NO_ROOM -> giveUp();
        }
    }

    private void answer(HttpRequest request) {
        phase = Phase.ANSWERING;
        deadline.none();
        endpoint.answerer().answer(request, reply -> onLoop(() -> write(request, reply)));
    }

    private void sendContinue() {
        var _ =
                channel.writeAndFlush(
                        new DefaultFullHttpResponse(
                                HttpVersion.HTTP_1_1,
                                HttpResponseStatus.CONTINUE,
                                Unpooled.EMPTY_BUFFER));
    }

    private void onLoop(Runnable write) {
        if (channel.eventLoop().inEventLoop()) {
            write.run();
        } else {
            channel.eventLoop().execute(write);
        }
    }

    private void write(HttpRequest request, HttpReply reply) {
        boolean close = endpoint.connections().isDraining() || !request.keepAlive();
        send(
                reply,
                new ReplyEncoding.Framing(request.isHead(), request.http10(), close),
                close ? this::close : this::await);
    }

    /// The rest of the stream cannot be trusted, or will not be read: answer, then hang up.
    private void refuse(int status) {
        LOG.debug("{} for {}", status, channel.remoteAddress());
        HttpReply refusal = HttpReply.refusal(status);
        String method = parser.method();
        endpoint.traffic()
                .count(
                        new Traffic.Kind(
                                Traffic.word(method), Traffic.NO_HASH, Traffic.outcome(refusal)));
        ReplyEncoding.Framing framing =
                new ReplyEncoding.Framing(method.equals("HEAD"), parser.isHttp10(), true);
        parser.forget();
        send(refusal, framing, this::hangUp);
    }

    private void send(HttpReply reply, ReplyEncoding.Framing framing, Runnable then) {
        phase = Phase.WRITING;
        deadline.in(endpoint.config().headerTimeout());
        whenWritten(
                channel.writeAndFlush(
                        ReplyEncoding.encode(reply, framing, endpoint.clock().instant())),
                then);
    }

    /// What the socket does not take at once is held for the client until it reads.
    private void whenWritten(ChannelFuture written, Runnable then) {
        if (!written.isDone()) {
            ChannelOutboundBuffer unwritten = channel.unsafe().outboundBuffer();
            unwrittenBytes = unwritten == null ? 0 : unwritten.totalPendingWriteBytes();
            if (!hold()) {
                giveUp();
            }
        }
        var _ =
                written.addListener(
                        done -> {
                            unwrittenBytes = 0;
                            var _ = hold();
                            if (done.isSuccess()) {
                                then.run();
                            } else {
                                close();
                            }
                        });
    }

    private void await() {
        if (waiting.isReadable() || !parser.isBetweenRequests()) {
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

    /// There is no room for more of this client.
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
}
