package org.precertocsp.responder.http;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.OptionalInt;

/// What is decided from the head of a request, before its body is read.
final class HeadRules {
    private HeadRules() {}

    /// The status to refuse with; empty if the request may go on.
    ///
    /// A missing Host is no reason: nothing here depends on it, and small OCSP clients omit it.
    static OptionalInt refusal(HttpRequest head, int maxBodyBytes) {
        if (head.decoderResult().isFailure()) {
            return OptionalInt.of(statusOf(head.decoderResult()));
        }
        if (head.protocolVersion().majorVersion() != 1) {
            return OptionalInt.of(505);
        }
        if (!isLengthClear(head)) {
            return OptionalInt.of(400);
        }
        if (HttpUtil.getContentLength(head, 0L) > maxBodyBytes) {
            return OptionalInt.of(413);
        }
        return isExpectationKnown(head) ? OptionalInt.empty() : OptionalInt.of(417);
    }

    /// True if the client waits for leave to send its body.
    static boolean wantsContinue(HttpRequest head) {
        boolean hasBody =
                HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
        return hasBody && speaks11(head) && head.headers().contains(HttpHeaderNames.EXPECT);
    }

    /// The status for what the HTTP decoder did not let through.
    private static int statusOf(DecoderResult failure) {
        return switch (failure.cause()) {
            case TooLongHttpLineException _ -> 414;
            case TooLongHttpHeaderException _ -> 431;
            default -> 400;
        };
    }

    /// Where two readers could disagree on the end of a body, an attacker puts a request of their
    /// own (RFC 9112 §11.2). The decoder refuses Content-Length beside Transfer-Encoding; here goes
    /// every coding but plain chunked.
    private static boolean isLengthClear(HttpRequest head) {
        List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.isEmpty()
                || (codings.size() == 1
                        && codings.getFirst().strip().equalsIgnoreCase("chunked")
                        && speaks11(head));
    }

    /// HTTP/1.0 knows no expectations; they are ignored there (RFC 9110 §10.1.1).
    private static boolean isExpectationKnown(HttpRequest head) {
        List<String> expected = head.headers().getAll(HttpHeaderNames.EXPECT);
        return !speaks11(head)
                || expected.stream().allMatch(each -> each.equalsIgnoreCase("100-continue"));
    }

    private static boolean speaks11(HttpRequest head) {
        return head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
    }
}
