package org.precertocsp.responder.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
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
        HttpConfig config = endpoint.config();
        HttpDecoderConfig decoding =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(config.maxRequestLineBytes())
                        .setMaxHeaderSize(config.maxHeaderBytes())
                        .setStrictLineParsing(true)
                        .setUseRfc9112TransferEncoding(true);
        Conversation conversation = new Conversation(endpoint, channel);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new FirstByte(conversation));
        pipeline.addLast(new HttpRequestDecoder(decoding));
        pipeline.addLast(new HttpResponseEncoder());
        pipeline.addLast(conversation);
    }
}
