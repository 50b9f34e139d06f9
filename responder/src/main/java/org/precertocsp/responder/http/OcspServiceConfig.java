package org.precertocsp.responder.http;

import java.util.function.Predicate;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.ResolvedRequest;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.http.HttpReply.Method;
import org.precertocsp.responder.request.OcspRequestDecoder;

/// The answer service and its threads.
///
/// @param issuers that requests are resolved with
/// @param ready used first, on event loops
/// @param sources called for all other requests, on threads of the server's own
/// @param threads concurrent calls of the source; as many as processors compute, or as many as may
///   wait for a token and some more
/// @param batch maximum requests that one thread answers before it returns their replies; 1 if an
///   answer may wait for a token
/// @param singleUse selects requests whose answers no other request can use
/// @param traffic counts requests and replies
/// @param overload notified of connections beyond the limits
public record OcspServiceConfig(
        OcspRequestDecoder decoder,
        IssuerDirectory issuers,
        FastReplyLookup ready,
        Sources sources,
        int threads,
        int batch,
        SingleUse singleUse,
        RequestMetrics traffic,
        OverloadMonitor overload) {
    /// Requests whose answers are each signed for a single request wait separately, so that many of
    /// them take no thread from those that memory and disk can answer.
    ///
    /// @param is true of such a request; never blocks
    /// @param threads concurrent calls of the source for them
    public record SingleUse(Predicate<ResolvedRequest> is, int threads) {
        /// Selects no request.
        public static final SingleUse NONE = new SingleUse(_ -> false, 1);
    }

    /// The source for each method. Both are the same, unless metrics or traces distinguish them.
    ///
    /// @param get also by HEAD
    public record Sources(ResponseSource get, ResponseSource post) {
        public static Sources of(ResponseSource source) {
            return new Sources(source, source);
        }

        ResponseSource of(Method method) {
            return method == Method.POST ? post : get;
        }
    }

    /// With metrics that are not read, and no separation of requests.
    public OcspServiceConfig(
            OcspRequestDecoder decoder,
            IssuerDirectory issuers,
            FastReplyLookup ready,
            ResponseSource source,
            int threads) {
        this(
                decoder,
                issuers,
                ready,
                Sources.of(source),
                threads,
                1,
                SingleUse.NONE,
                new RequestMetrics(),
                new OverloadMonitor(Alarm.LOGGED));
    }
}
