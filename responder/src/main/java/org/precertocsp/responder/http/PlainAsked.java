package org.precertocsp.responder.http;

import org.precertocsp.responder.request.Decoded;
import org.precertocsp.responder.request.PlainQuery;
import org.precertocsp.responder.request.RequestDecoder;

/// A whole plain request for which nothing was ready.
final class PlainAsked {
    private final boolean post;
    private final boolean canonical;
    private final byte[] der;

    /// @param query copied
    PlainAsked(boolean post, boolean canonical, PlainQuery query) {
        this.post = post;
        this.canonical = canonical;
        this.der = query.toDer();
    }

    boolean isPost() {
        return post;
    }

    /// False for another spelling, whose answer caches must not keep.
    boolean isCanonical() {
        return canonical;
    }

    Decoded decode(RequestDecoder decoder) {
        return decoder.decode(der);
    }
}
