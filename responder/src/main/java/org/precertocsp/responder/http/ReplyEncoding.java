package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Instant;
import java.util.Date;

/// A reply as Netty writes it.
final class ReplyEncoding {
    /// @param headOnly the reply to a HEAD: the fields of the GET, without its body (HT-16)
    /// @param close the last on its connection
    record Framing(boolean headOnly, boolean http10, boolean close) {}

    private ReplyEncoding() {}

    static FullHttpResponse encode(HttpReply reply, Framing framing, Instant now) {
        byte[] octets = reply.body().toArray();
        ByteBuf content =
                framing.headOnly() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(octets);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(reply.status()),
                        content,
                        DefaultHttpHeadersFactory.headersFactory(),
                        DefaultHttpHeadersFactory.trailersFactory());
        HttpHeaders headers = response.headers();
        headers.set("Date", DateFormatter.format(Date.from(now)));
        reply.fields().forEach(headers::set);
        // A 304 speaks of a body it does not carry; the length it names could only mislead.
        if (reply.status() != 304) {
            headers.set("Content-Length", octets.length);
        }
        if (framing.close()) {
            headers.set("Connection", HttpHeaderValues.CLOSE);
        } else if (framing.http10()) {
            headers.set("Connection", HttpHeaderValues.KEEP_ALIVE);
        }
        return response;
    }
}
