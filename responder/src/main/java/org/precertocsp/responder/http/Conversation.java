package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.OptionalInt;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection: requests one after the other, each answered before the next is looked at. So
/// pipelined answers keep their order, and a client that does not read cannot make answers pile up.
/// The socket is not read while octets wait here. Runs on the channel's event loop only.
final class Conversation extends ChannelInboundHandlerAdapter {
    /// How long a client may go on sending what was refused. Closing at once would reset the
    /// connection, and the client might lose the refusal before reading it.
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

    private enum Phase {
        IDLE,
        RECEIVING,
        ANSWERING,
        WRITING,
        DISCARDING
    }

    private final Endpoint endpoint;
    private final Channel channel;
    private final RequestParser parser;
    private final Deadline deadline;
    private final Queue<Object> arrived = new ArrayDeque<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Phase phase = Phase.IDLE;
    private @Nullable HttpRequest head;
    private boolean pumping;
    private boolean inputEnded;

    Conversation(Endpoint endpoint, Channel channel, RequestParser parser) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.parser = parser;
        HttpConfig config = endpoint.config();
        Duration shortest = shorter(LINGER, shorter(config.headerTimeout(), config.idleTimeout()));
        this.deadline = new Deadline(channel.eventLoop(), shortest, this::tooSlow);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        await();
    }

    /// True if nothing is under way and nothing buffered, so that requests may be answered past
    /// this conversation. Not while draining: the last reply has to say that it is.
    boolean mayBePassedBy() {
        return phase == Phase.IDLE && !endpoint.connections().isDraining();
    }

    /// Replies were written past this conversation. What the socket did not take at once holds up
    /// the next request, as any other reply does.
    void passedBy() {
        ChannelOutboundBuffer unwritten = channel.unsafe().outboundBuffer();
        if (unwritten == null || unwritten.isEmpty()) {
            deadline.in(endpoint.config().idleTimeout());
            return;
        }
        phase = Phase.WRITING;
        deadline.in(endpoint.config().headerTimeout());
        whenWritten(channel.writeAndFlush(Unpooled.EMPTY_BUFFER), this::await);
    }

    /// Has a plain request answered that came past the decoder; the reply goes past the encoder.
    void ask(PlainAsked asked, ChannelHandlerContext past) {
        phase = Phase.ANSWERING;
        deadline.none();
        endpoint.answerer().answer(asked, reply -> onLoop(() -> write(past, reply)));
    }

    private void write(ChannelHandlerContext past, PreparedReply reply) {
        boolean close = endpoint.connections().isDraining();
        phase = Phase.WRITING;
        deadline.in(endpoint.config().headerTimeout());
        ByteBuf octets = endpoint.exchanges().get().encode(reply, close, past.alloc());
        whenWritten(past.writeAndFlush(octets), close ? this::close : this::await);
    }

    void octetsArrived() {
        if (phase == Phase.IDLE) {
            receive();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        arrived.add(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        pump();
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
        deadline.cancel();
        arrived.forEach(ReferenceCountUtil::release);
        arrived.clear();
    }

    /// Clients reset connections all the time.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("connection of {} failed", channel.remoteAddress(), cause);
        close();
    }

    /// Takes what has arrived, as long as the phase lets it. The socket is read all the time, since
    /// stopping and starting costs a system call each; it stops only when octets pile up behind an
    /// answer. A loop, not recursion: one read may hold thousands of chunks.
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        while (takesInput() && !arrived.isEmpty()) {
            take(arrived.remove());
        }
        pumping = false;
        if (takesInput()) {
            if (inputEnded) {
                close();
            } else {
                read(true);
            }
        } else if (!arrived.isEmpty()) {
            read(false);
        }
    }

    private void read(boolean wanted) {
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    private boolean takesInput() {
        return phase == Phase.IDLE || phase == Phase.RECEIVING || phase == Phase.DISCARDING;
    }

    private void take(Object message) {
        try {
            if (phase == Phase.DISCARDING) {
                return;
            }
            if (message instanceof HttpRequest request) {
                begin(request);
            } else if (message instanceof HttpContent content && head != null) {
                proceed(head, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        octetsArrived();
        head = request;
        OptionalInt refusal = HeadRules.refusal(request, endpoint.config().maxBodyBytes());
        if (refusal.isPresent()) {
            refuse(refusal.getAsInt());
        } else if (HeadRules.wantsContinue(request)) {
            var _ =
                    channel.writeAndFlush(
                            new DefaultFullHttpResponse(
                                    HttpVersion.HTTP_1_1,
                                    HttpResponseStatus.CONTINUE,
                                    Unpooled.EMPTY_BUFFER));
        }
    }

    private void proceed(HttpRequest request, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            refuse(400);
            return;
        }
        if (body.size() + content.content().readableBytes() > endpoint.config().maxBodyBytes()) {
            refuse(413);
            return;
        }
        body.writeBytes(ByteBufUtil.getBytes(content.content()));
        if (content instanceof LastHttpContent) {
            phase = Phase.ANSWERING;
            deadline.none();
            byte[] octets = body.toByteArray();
            body.reset();
            endpoint.answerer()
                    .answer(request, octets, reply -> onLoop(() -> write(request, reply)));
        }
    }

    private void onLoop(Runnable write) {
        if (channel.eventLoop().inEventLoop()) {
            write.run();
        } else {
            channel.eventLoop().execute(write);
        }
    }

    private void write(HttpRequest request, HttpReply reply) {
        boolean close = endpoint.connections().isDraining() || !HttpUtil.isKeepAlive(request);
        send(request, reply, close, close ? this::close : this::await);
    }

    /// The rest of the stream cannot be trusted, or will not be read: answer, then hang up.
    private void refuse(int status) {
        LOG.debug("{} for {}", status, channel.remoteAddress());
        if (head != null) {
            HttpReply refusal = HttpReply.refusal(status);
            endpoint.traffic()
                    .count(
                            new Traffic.Kind(
                                    Traffic.word(head.method()),
                                    Traffic.NO_HASH,
                                    Traffic.outcome(refusal)));
            send(head, refusal, true, this::hangUp);
        }
    }

    private void send(HttpRequest request, HttpReply reply, boolean close, Runnable then) {
        phase = Phase.WRITING;
        deadline.in(endpoint.config().headerTimeout());
        boolean http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        ReplyEncoding.Framing framing =
                new ReplyEncoding.Framing(Answerer.isHead(request), http10, close);
        whenWritten(
                channel.writeAndFlush(
                        ReplyEncoding.encode(reply, framing, endpoint.clock().instant())),
                then);
    }

    private void whenWritten(ChannelFuture written, Runnable then) {
        Runnable closing = this::close;
        var _ = written.addListener(done -> (done.isSuccess() ? then : closing).run());
    }

    private void await() {
        head = null;
        if (arrived.isEmpty() && parser.isBetweenRequests()) {
            phase = Phase.IDLE;
            deadline.in(endpoint.config().idleTimeout());
        } else {
            receive();
        }
        pump();
    }

    private void receive() {
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

    private void close() {
        var _ = channel.close();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
