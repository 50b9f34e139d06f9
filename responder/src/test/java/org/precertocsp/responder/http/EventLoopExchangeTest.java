package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.RequestLimits;

/// What one buffer used again and again must not do. What is in the replies,
/// [RequestEquivalenceTest] says.
final class EventLoopExchangeTest {
    private static final byte[] GET =
            HttpRequests.get("/" + HttpRequests.BASE64).getBytes(StandardCharsets.ISO_8859_1);

    private boolean unauthorized;

    @Test
    void a_reply_still_held_is_not_written_over() {
        try (EventLoopExchange exchange = exchange()) {
            ByteBuf held = ask(exchange);
            byte[] before = ByteBufUtil.getBytes(held);
            unauthorized = true;

            ByteBuf next = ask(exchange);

            assertThat(ByteBufUtil.getBytes(held)).isEqualTo(before);
            assertThat(ByteBufUtil.getBytes(next)).isNotEqualTo(before);
            held.release();
            next.release();
        }
    }

    @Test
    void a_reply_given_back_serves_the_next() {
        try (EventLoopExchange exchange = exchange()) {
            ByteBuf first = ask(exchange);
            first.release();

            ByteBuf second = ask(exchange);

            assertThat(second).isSameAs(first);
            second.release();
        }
    }

    @Test
    void a_reply_outlives_the_exchange_until_it_is_given_back() {
        EventLoopExchange exchange = exchange();
        ByteBuf reply = ask(exchange);

        exchange.close();

        assertThat(reply.refCnt()).isOne();
        reply.release();
    }

    private static ByteBuf ask(EventLoopExchange exchange) {
        return Objects.requireNonNull(
                exchange.answer(Unpooled.wrappedBuffer(GET), UnpooledByteBufAllocator.DEFAULT));
    }

    private EventLoopExchange exchange() {
        HttpReply served = HttpReply.of((Answer.Served) FakeSource.SERVED);
        return new EventLoopExchange(
                TestServer.CONFIG,
                new OcspRequestDecoder(new RequestLimits(1)),
                (_, _) -> unauthorized ? HttpReply.unauthorized() : served,
                InstantSource.fixed(FakeSource.NOW));
    }
}
