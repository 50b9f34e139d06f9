package org.precertocsp.responder.http;

import io.netty.channel.Channel;
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
        if (!endpoint.connections().admit(channel)) {
            var _ = channel.close();
            return;
        }
        RequestParser parser = new RequestParser(endpoint.config());
        Conversation conversation = new Conversation(endpoint, channel, parser);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new FastPath(conversation, endpoint.exchanges().get()));
        pipeline.addLast(parser);
        pipeline.addLast(new HttpResponseEncoder());
        pipeline.addLast(conversation);
    }
}
