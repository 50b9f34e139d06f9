package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.http.HttpReply.Framing;
import org.precertocsp.responder.http.HttpReply.Method;
import org.precertocsp.responder.http.RequestMetrics.EventLoopCounters;
import org.precertocsp.responder.logging.RateLimitedLogger;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.OcspRequestView;
import org.precertocsp.responder.request.RejectedRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns the bytes of requests into the bytes of replies, as far as neither disk nor key is needed.
/// Used by one event loop for all its connections, one after the other. For a cached answer,
/// allocates only the buffer it returns. Belongs to one thread.
public final class EventLoopExchange implements AutoCloseable {
    /// Maximum replies per write; a client that pipelines more yields to others.
    private static final int MAX_BATCH = 64 * 1024;

    /// Bytes of one usual reply.
    private static final int FIRST_ROOM = 2 * 1024;

    private static final byte[] CONTINUE =
            "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private static final Logger LOG = LoggerFactory.getLogger(EventLoopExchange.class);

    /// Why [#answer] returned.
    enum Stop {
        /// Still running.
        NO,
        /// All input was read.
        INPUT_ENDED,
        /// No reply is ready for the request read last: see [#takeAsked].
        ASK,
        /// The last reply ends the connection.
        CLOSE,
        /// There is more input, and other connections are to be served first.
        YIELD,
        /// As [RequestParser.Progress#REFUSED].
        REFUSED,
        /// As [RequestParser.Progress#NO_ROOM].
        NO_ROOM
    }

    /// A request without a ready reply.
    ///
    /// @param begin when it was complete, as [System#nanoTime]
    record Asked(OcspRequest query, Framing framing, long begin) {}

    private final HttpConfig config;
    private final FastReplyLookup ready;
    private final HttpClock clock;
    private final RequestMetrics traffic;
    private final EventLoopCounters tally;
    private final byte[] input = new byte[OcspHttpServer.MAX_READ_BYTES];
    private final OcspTarget target;
    private final RequestParser.LastFields lastFields = new RequestParser.LastFields();
    private final OcspRequestView query;
    private final RequestParser lone;
    private final RateLimitedLogger budget = new RateLimitedLogger(LOG);

    // A socket nearly always takes a reply at once, so one buffer serves consecutive replies;
    // acquiring and releasing a pooled one costs as much as finding the answer.
    private final ByteBuf outbox = Unpooled.directBuffer(FIRST_ROOM);
    private @Nullable ByteBuf replies;
    private @Nullable Asked asked;

    // Of the request read last.
    private boolean plain;
    private boolean wasReady;
    private @Nullable OcspRequest decoded;

    /// Without connections, for benchmarks.
    public EventLoopExchange(
            HttpConfig config,
            OcspRequestDecoder decoder,
            FastReplyLookup ready,
            InstantSource clock) {
        this(config, decoder, ready, new HttpClock(clock), new RequestMetrics());
    }

    EventLoopExchange(
            HttpConfig config,
            OcspRequestDecoder decoder,
            FastReplyLookup ready,
            HttpClock clock,
            RequestMetrics traffic) {
        this.config = config;
        this.query = decoder.newView();
        this.ready = ready;
        this.clock = clock;
        this.traffic = traffic;
        this.tally = traffic.newLoop();
        this.target = new OcspTarget(config.path(), OcspHttpServer.MAX_READ_BYTES);
        this.lone = newParser(_ -> true);
    }

    /// For one connection.
    ///
    /// @param room see [RequestParser]
    RequestParser newParser(IntPredicate room) {
        return new RequestParser(config, target, lastFields, room);
    }

    /// Answers the complete requests in a buffer, up to the first without a ready reply, as if a
    /// connection began with it.
    ///
    /// @param allocator the source of a buffer while the caller still holds the previous one
    /// @return the replies, for the caller to release; null if there are none
    public @Nullable ByteBuf answer(ByteBuf in, ByteBufAllocator allocator) {
        give(lone, in);
        var _ = answer(lone, false, allocator);
        lone.next();
        return takeReplies();
    }

    /// Gives the parser the bytes received from a socket. Copied once: an array is read several
    /// times as fast as a direct buffer.
    ///
    /// @return the array, reused for the next connection as soon as this one is done with it
    byte[] give(RequestParser parser, ByteBuf in) {
        int length = in.readableBytes();
        byte[] bytes = length <= input.length ? input : new byte[length];
        in.readBytes(bytes, 0, length);
        parser.give(bytes, 0, length);
        return bytes;
    }

    /// Answers the requests that the parser reads, in order, up to the first without a ready reply.
    /// The replies are [taken][#takeReplies] afterwards.
    ///
    /// @param draining every reply ends its connection
    Stop answer(RequestParser parser, boolean draining, ByteBufAllocator allocator) {
        long begin = System.nanoTime();
        HttpClock.Moment now = clock.now();
        int count = 0;
        Stop stop = Stop.NO;
        while (stop == Stop.NO) {
            switch (parser.read()) {
                case INCOMPLETE -> stop = Stop.INPUT_ENDED;
                case REFUSED -> stop = Stop.REFUSED;
                case NO_ROOM -> stop = Stop.NO_ROOM;
                case CONTINUE_EXPECTED -> room(CONTINUE.length, allocator).writeBytes(CONTINUE);
                case WHOLE -> {
                    stop = answerOne(parser, now, draining, allocator);
                    count += wasReady ? 1 : 0;
                }
            }
        }
        if (count > 0) {
            tally.took(count, System.nanoTime() - begin);
        }
        return stop;
    }

    private Stop answerOne(
            RequestParser parser,
            HttpClock.Moment now,
            boolean draining,
            ByteBufAllocator allocator) {
        plain = false;
        wasReady = false;
        HttpReply reply = reply(parser, now.epochMilli());
        Framing framing = parser.framing(plain && !query.hasNonce() && target.isCanonical());
        OcspRequest toAsk = decoded;
        if (reply == null && toAsk != null) {
            decoded = null;
            asked = new Asked(toAsk, framing, System.nanoTime());
            parser.next();
            return Stop.ASK;
        }
        HttpReply ready = reply == null ? HttpReply.INTERNAL_ERROR : reply;
        count(ready, framing, now);
        boolean close = draining || !framing.keepAlive();
        ready.writeTo(room(ready.maxLength(now), allocator), now, framing, close);
        parser.next();
        if (close) {
            return Stop.CLOSE;
        }
        return isBatchFull() && parser.hasInput() ? Stop.YIELD : Stop.NO;
    }

    private boolean isBatchFull() {
        ByteBuf batch = replies;
        return batch != null && batch.readableBytes() >= MAX_BATCH;
    }

    /// Null if [OcspService] must answer [#decoded].
    private @Nullable HttpReply reply(RequestParser parser, long epochMilli) {
        Method method = parser.method();
        if (method == Method.OTHER) {
            return HttpReply.METHOD_NOT_ALLOWED;
        }
        return switch (parser.target()) {
            case ELSEWHERE -> HttpReply.NOT_FOUND;
            case NO_BASE64 -> HttpReply.MALFORMED;
            // A POST of any content type is read: some clients omit it, and only DER can be
            // decoded.
            case DECODED ->
                    method == Method.POST
                            ? reply(
                                    parser.bodyArray(),
                                    parser.bodyFrom(),
                                    parser.bodyLength(),
                                    epochMilli)
                            : reply(target.der(), 0, target.length(), epochMilli);
        };
    }

    private @Nullable HttpReply reply(byte[] der, int offset, int length, long epochMilli) {
        plain = query.read(der, offset, length);
        if (plain) {
            HttpReply reply = ready.find(query, epochMilli);
            if (reply != null && reply.covers(epochMilli)) {
                wasReady = true;
                return reply;
            }
            if (reply != null) {
                // Invariant 5: the answer service has a newer answer, or reports that it failed.
                budget.error("a ready reply outside its window was not sent");
            }
        }
        return switch (query.result()) {
            case RejectedRequest rejected -> {
                LOG.debug("{}: {}", rejected.error(), rejected.why());
                yield HttpReply.error(rejected.error());
            }
            case OcspRequest understood -> {
                decoded = understood;
                yield null;
            }
        };
    }

    private void count(HttpReply reply, Framing framing, HttpClock.Moment now) {
        boolean usual = framing.method() != Method.HEAD && framing.ifNoneMatch().isEmpty();
        if (wasReady && usual) {
            boolean post = framing.method() == Method.POST;
            tally.answered(post, query.hash(), reply, now.epochMilli());
            return;
        }
        HashAlgorithm hash = wasReady ? query.hash() : null;
        if (wasReady && reply.isCacheable()) {
            traffic.served((now.epochMilli() - reply.thisUpdateMilli()) / 1_000);
        }
        wasReady = false;
        traffic.replied(
                System.nanoTime(),
                new RequestMetrics.Kind(
                        framing.method().word(),
                        hash == null ? RequestMetrics.NO_HASH : hash.word(),
                        reply.outcome(framing)));
    }

    /// The bytes written since the last call, for the caller to release; null if none.
    @Nullable ByteBuf takeReplies() {
        ByteBuf taken = replies;
        replies = null;
        return taken;
    }

    /// The request that [OcspService] must answer.
    Asked takeAsked() {
        Asked taken = asked;
        if (taken == null) {
            throw new IllegalStateException("nothing has to be asked for");
        }
        asked = null;
        return taken;
    }

    /// Appends the bytes of a reply made elsewhere.
    ///
    /// @param close whether it is the last on its connection
    ByteBuf encode(HttpReply made, Framing framing, boolean close, ByteBufAllocator allocator) {
        HttpClock.Moment now = clock.fresh();
        HttpReply reply = made;
        if (!made.covers(now.epochMilli())) {
            budget.error("internalError: a reply waited for until it was over");
            reply = HttpReply.INTERNAL_ERROR;
        }
        reply.writeTo(room(reply.maxLength(now), allocator), now, framing, close);
        ByteBuf bytes = takeReplies();
        return bytes == null ? Unpooled.EMPTY_BUFFER : bytes;
    }

    private ByteBuf room(int length, ByteBufAllocator allocator) {
        ByteBuf batch = replies;
        if (batch == null) {
            batch =
                    outbox.refCnt() == 1
                            ? outbox.clear().retain()
                            : allocator.directBuffer(Math.max(length, FIRST_ROOM));
            replies = batch;
        }
        return batch.ensureWritable(length);
    }

    /// Releases its buffer. Replies not yet released remain valid.
    @Override
    public void close() {
        outbox.release();
    }
}
