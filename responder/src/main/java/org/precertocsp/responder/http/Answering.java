package org.precertocsp.responder.http;

import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.request.RequestDecoder;

/// Where answers come from.
///
/// @param ready asked first, on event loops
/// @param sources asked for what is not ready, on threads of the server's own
/// @param threads asking the source at once; as many as processors compute, or as many as may wait
///   for a token and some more
/// @param traffic where requests and replies are counted
public record Answering(
        RequestDecoder decoder, ReadyReplies ready, Sources sources, int threads, Traffic traffic) {
    /// Who is asked by whom. Both are the same source, unless somebody wants to tell them apart.
    ///
    /// @param get also by HEAD
    public record Sources(ResponseSource get, ResponseSource post) {
        public static Sources of(ResponseSource source) {
            return new Sources(source, source);
        }

        /// @param method as traffic is counted
        ResponseSource by(String method) {
            return method.equals("post") ? post : get;
        }
    }

    /// With traffic nobody looks at.
    public Answering(
            RequestDecoder decoder, ReadyReplies ready, ResponseSource source, int threads) {
        this(decoder, ready, Sources.of(source), threads, new Traffic());
    }
}
