package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.request.OcspError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From the octets of plain requests to the octets of ready replies, without sockets. Makes no
/// garbage but the buffer it returns. Belongs to one thread.
public final class PlainExchange implements AutoCloseable {
    /// More than one read can bring.
    private static final int MAX_OCTETS = OcspHttpServer.MAX_READ_BYTES;

    /// Replies taken together for one write; a client that pipelines has the rest one by one.
    private static final int MAX_BATCH = 64 * 1024;

    /// For one usual reply.
    private static final int FIRST_ROOM = 2 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(PlainExchange.class);

    private final ReadyReplies ready;
    private final HttpClock clock;
    private final LoopTally tally;
    private final byte[] text = new byte[MAX_OCTETS];
    private final PlainRequest request;
    private final LogBudget budget = new LogBudget(LOG);

    // A socket nearly always takes a reply at once, so one buffer serves reply after reply; getting
    // and giving back a pooled one costs as much as finding the answer.
    private final ByteBuf outbox = Unpooled.directBuffer(FIRST_ROOM);

    private boolean leftOne;
    private boolean leftPost;

    public PlainExchange(HttpConfig config, ReadyReplies ready, InstantSource clock) {
        this(config, ready, new HttpClock(clock), new Traffic().newLoop());
    }

    /// @param tally of this thread alone
    PlainExchange(HttpConfig config, ReadyReplies ready, HttpClock clock, LoopTally tally) {
        this.tally = tally;
        this.ready = ready;
        this.clock = clock;
        this.request = new PlainRequest(config, MAX_OCTETS);
    }

    /// Answers, in order, as many whole plain requests as the input begins with and replies are
    /// ready for, and moves the input's reader index past them.
    ///
    /// @param allocator where a buffer comes from while the caller still holds the one before
    /// @return the replies, for the caller to release; null if there are none
    public @Nullable ByteBuf answer(ByteBuf in, ByteBufAllocator allocator) {
        int limit = in.readableBytes();
        if (limit > MAX_OCTETS) {
            return null;
        }
        long begin = System.nanoTime();
        // Copied once: an array is read several times as fast as a direct buffer.
        in.getBytes(in.readerIndex(), text, 0, limit);
        HttpClock.Moment now = clock.now();
        ByteBuf out = null;
        int done = 0;
        int count = 0;
        leftOne = false;
        while (done < limit && (out == null || out.readableBytes() < MAX_BATCH)) {
            int end = request.read(text, done, limit);
            PreparedReply reply = end < 0 ? null : find(now.epochMilli());
            if (reply == null) {
                leftOne = end == limit && done == 0 && ready.isEver();
                leftPost = text[done] == 'P';
                break;
            }
            int length = reply.maxLength(now);
            out = out == null ? room(length, allocator) : out.ensureWritable(length);
            reply.writeTo(out, now, false, request.isCanonical());
            tally.answered(text[done] == 'P', request.query().hash(), reply, now.epochMilli());
            count++;
            done = end;
        }
        if (count > 0) {
            tally.took(count, System.nanoTime() - begin);
        }
        in.skipBytes(done);
        return out;
    }

    /// What the last [#answer] was asked where it left just one plain request, whole, for want of a
    /// ready reply; else null.
    @Nullable PlainAsked left() {
        return leftOne ? new PlainAsked(leftPost, request.isCanonical(), request.query()) : null;
    }

    /// Octets of a reply that was made for [#left].
    ///
    /// @param close says that it is the last on its connection
    /// @param canonical of the request
    ByteBuf encode(
            PreparedReply made, boolean close, boolean canonical, ByteBufAllocator allocator) {
        HttpClock.Moment now = clock.fresh();
        PreparedReply reply = made;
        if (!made.covers(now.epochMilli())) {
            budget.error("internalError: a reply waited for until it was over");
            reply = PreparedReply.of(HttpReply.error(OcspError.INTERNAL_ERROR));
        }
        ByteBuf out = room(reply.maxLength(now), allocator);
        reply.writeTo(out, now, close, canonical);
        return out;
    }

    private ByteBuf room(int length, ByteBufAllocator allocator) {
        return outbox.refCnt() == 1
                ? outbox.clear().retain().ensureWritable(length)
                : allocator.directBuffer(length);
    }

    /// Gives its buffer back. Replies not yet released remain valid.
    @Override
    public void close() {
        outbox.release();
    }

    /// Null also for what must not be sent (invariant 5): the chain of sources has something newer,
    /// or says that it failed.
    private @Nullable PreparedReply find(long epochMilli) {
        PreparedReply reply = ready.find(request.query(), epochMilli);
        if (reply != null && !reply.covers(epochMilli)) {
            budget.error("a ready reply outside its window was not sent");
            return null;
        }
        return reply;
    }
}
