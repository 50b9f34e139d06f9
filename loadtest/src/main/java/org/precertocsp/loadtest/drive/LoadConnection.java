package org.precertocsp.loadtest.drive;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.requests.EncodedRequest;

/// One connection of a driver, opened again when it is needed and closed. Lives on the event loop;
/// it has one channel after another, and is therefore sharable.
@Sharable
final class LoadConnection extends ChannelInboundHandlerAdapter {
    /// Receives the events of a connection.
    interface Owner {
        /// Opens the connection and adds its handler; `opened` or `refused` follows.
        void open(LoadConnection connection);

        HttpResponseScanner scanner();

        /// The body is in `bytes` where the scanner found it.
        void answered(InFlightRequests flights, int slot, byte[] bytes);

        /// The oldest request in flight got no answer.
        void failed(InFlightRequests flights, int slot, RequestFailure failure);

        /// The connection has room for this many more requests. Called after all answers of one
        /// read.
        ///
        /// @param refused nobody listened; an immediate retry would not help
        void free(LoadConnection connection, int slots, boolean refused);
    }

    private static final int FIRST_INBOX = 8 << 10;

    private final Owner owner;
    private final boolean keepAlive;
    private final InFlightRequests flights;

    /// Requests waiting for the connection to open, the newest of those in flight.
    private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>();

    private final ByteBuf outbox = Unpooled.directBuffer(1 << 10);
    private byte[] inbox = new byte[FIRST_INBOX];
    private int filled;
    private @Nullable Channel channel;
    private boolean opening;
    private boolean abandoned;
    private boolean closed;
    private RequestFailure reason = RequestFailure.CLOSED;

    LoadConnection(Owner owner, ConnectionSettings plan) {
        this.owner = owner;
        this.keepAlive = plan.keepAlive();
        this.flights = new InFlightRequests(plan.pipeline());
    }

    InFlightRequests flights() {
        return flights;
    }

    /// Sends a request, or keeps it until the connection is open.
    void send(long intended, long now, long index, EncodedRequest request) {
        flights.add(intended, now, index, request.kind());
        ByteBuf out = buffer();
        out.writeBytes(request.bytes(), 0, request.length());
        Channel open = channel;
        if (open != null && !abandoned) {
            var _ = open.writeAndFlush(out, open.voidPromise());
        } else {
            kept.add(out);
            if (open == null) {
                open();
            }
        }
    }

    // The last request is nearly always sent before its answer arrives, so one buffer suffices.
    private ByteBuf buffer() {
        if (outbox.refCnt() == 1) {
            return outbox.clear().retain();
        }
        return Unpooled.directBuffer(1 << 10);
    }

    void open() {
        if (channel == null && !opening) {
            opening = true;
            owner.open(this);
        }
    }

    /// Fails all requests in flight.
    void abandon(RequestFailure failure) {
        Channel open = channel;
        reason = failure;
        if (open == null) {
            endAll(failure);
        } else {
            var _ = open.close();
        }
    }

    void refused() {
        opening = false;
        endAll(RequestFailure.CONNECT);
    }

    /// Closes for good, without notifying the owner.
    void close() {
        dropKept();
        closed = true;
        outbox.release();
        Channel open = channel;
        if (open != null) {
            var _ = open.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (closed) {
            var _ = context.close();
            return;
        }
        opening = false;
        abandoned = false;
        reason = RequestFailure.CLOSED;
        filled = 0;
        channel = context.channel();
        for (ByteBuf next = kept.poll(); next != null; next = kept.poll()) {
            var _ = context.write(next, context.voidPromise());
        }
        context.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        int arrived = in.readableBytes();
        if (filled + arrived > inbox.length) {
            inbox = Arrays.copyOf(inbox, Math.max(2 * inbox.length, filled + arrived));
        }
        in.readBytes(inbox, filled, arrived);
        in.release();
        filled += arrived;
        scan(false);
    }

    private void scan(boolean noMore) {
        HttpResponseScanner scanner = owner.scanner();
        int at = 0;
        int ended = 0;
        while (at < filled && flights.count() > 0 && !abandoned) {
            int end = scanner.scan(inbox, at, filled, noMore);
            if (end == HttpResponseScanner.INCOMPLETE) {
                break;
            }
            if (end == HttpResponseScanner.MALFORMED) {
                giveUp(noMore ? RequestFailure.CLOSED : RequestFailure.HTTP_SYNTAX);
                break;
            }
            owner.answered(flights, flights.oldest(), inbox);
            flights.end();
            ended++;
            at = end;
            if (!scanner.keepAlive() || !keepAlive) {
                giveUp(RequestFailure.CLOSED);
            }
        }
        keepRest(at);
        if (ended > 0) {
            owner.free(this, ended, false);
        }
    }

    private void keepRest(int from) {
        filled -= from;
        if (filled > 0 && from > 0) {
            System.arraycopy(inbox, from, inbox, 0, filled);
        }
    }

    private void giveUp(RequestFailure failure) {
        abandoned = true;
        reason = failure;
        Channel open = channel;
        if (open != null) {
            var _ = open.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (closed) {
            return;
        }
        if (!abandoned && filled > 0) {
            scan(true);
        }
        channel = null;
        filled = 0;
        end(flights.count() - kept.size(), reason);
        if (!kept.isEmpty()) {
            open();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = context.close();
    }

    private void endAll(RequestFailure failure) {
        dropKept();
        end(flights.count(), failure);
    }

    private void end(int lost, RequestFailure failure) {
        for (int i = 0; i < lost; i++) {
            owner.failed(flights, flights.oldest(), failure);
            flights.end();
        }
        if (lost > 0) {
            owner.free(this, lost, failure == RequestFailure.CONNECT);
        }
    }

    private void dropKept() {
        for (ByteBuf next = kept.poll(); next != null; next = kept.poll()) {
            next.release();
        }
    }
}
