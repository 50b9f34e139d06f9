package org.precertocsp.responder.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponseEncoder;

/// Fits a new connection out, or turns it away.
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
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new FastPath(conversation, endpoint.exchanges().get()));
        pipeline.addLast(new HttpResponseEncoder());
        pipeline.addLast(conversation);
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
