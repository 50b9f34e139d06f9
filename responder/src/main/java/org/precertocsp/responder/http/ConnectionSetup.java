package org.precertocsp.responder.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;

/// Configures a new connection, or rejects it.
final class ConnectionSetup extends ChannelInitializer<Channel> {
    private final Endpoint endpoint;

    ConnectionSetup(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    protected void initChannel(Channel channel) {
        Conversation conversation = new Conversation(endpoint, channel);
        if (!endpoint.connections().admit(conversation)) {
            channel.pipeline().addLast(new Refused());
            var _ = channel.close();
            return;
        }
        channel.pipeline().addLast(conversation);
    }

    /// What still happens to a connection that is being closed is nobody's concern.
    @ChannelHandler.Sharable
    private static final class Refused extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // The client reset it.
        }
    }
}
