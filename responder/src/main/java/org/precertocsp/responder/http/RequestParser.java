package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/// Netty's decoder, which also knows whether it stands between two requests: only there may octets
/// pass it by.
final class RequestParser extends HttpRequestDecoder {
    private boolean betweenRequests = true;

    RequestParser(HttpConfig config) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(config.maxRequestLineBytes())
                        .setMaxHeaderSize(config.maxHeaderBytes())
                        .setStrictLineParsing(true)
                        .setUseRfc9112TransferEncoding(true));
    }

    /// True if every octet it was given belongs to a request it has handed on whole.
    boolean isBetweenRequests() {
        return betweenRequests;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
            throws Exception {
        super.decode(ctx, buffer, out);
        betweenRequests =
                !buffer.isReadable() && !out.isEmpty() && out.getLast() instanceof LastHttpContent;
    }
}
