package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Meets every octet first. Where the connection is idle and whole plain requests arrive, they are
/// answered here, or asked for where nothing is ready; everything else goes on to the conversation
/// unchanged. The time for a request counts from its first octet, so the conversation hears of
/// octets before they make up anything.
final class FastPath extends ChannelInboundHandlerAdapter {
    private final Conversation conversation;
    private final PlainExchange exchange;

    FastPath(Conversation conversation, PlainExchange exchange) {
        this.conversation = conversation;
        this.exchange = exchange;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object octets) {
        if (octets instanceof ByteBuf in && conversation.mayBePassedBy()) {
            ByteBuf replies = exchange.answer(in, ctx.alloc());
            if (replies != null) {
                // A promise for each reply would be its only garbage. A failed write closes the
                // channel, as any other does. Not the pipeline's void promise: it would report the
                // failure to a pipeline whose handlers may be gone by then.
                var _ = ctx.writeAndFlush(replies, ctx.channel().unsafe().voidPromise());
                conversation.passedBy();
            } else {
                askForWhatIsLeft(in, ctx);
            }
            if (!in.isReadable()) {
                in.release();
                return;
            }
        }
        conversation.octetsArrived();
        ctx.fireChannelRead(octets);
    }

    private void askForWhatIsLeft(ByteBuf in, ChannelHandlerContext ctx) {
        PlainAsked asked = exchange.left();
        if (asked != null) {
            in.skipBytes(in.readableBytes());
            conversation.ask(asked, ctx);
        }
    }

    /// Nobody behind waits for it.
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {}
}
