package org.precertocsp.responder.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Tells the conversation of octets before they make up anything: the time for a request counts
/// from its first octet, not from its first line.
final class FirstByte extends ChannelInboundHandlerAdapter {
    private final Conversation conversation;

    FirstByte(Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object octets) {
        conversation.octetsArrived();
        ctx.fireChannelRead(octets);
    }
}
