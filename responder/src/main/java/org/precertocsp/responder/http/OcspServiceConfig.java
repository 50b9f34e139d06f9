package org.precertocsp.responder.http;

import java.util.function.Predicate;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.ResolvedRequest;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.request.OcspRequestDecoder;

/// Where answers come from.
///
/// @param issuers that requests are resolved by
/// @param ready asked first, on event loops
/// @param sources asked for what is not ready, on threads of the server's own
/// @param threads asking the source at once; as many as processors compute, or as many as may wait
///   for a token and some more
/// @param singleUse requests whose answers nobody else can use
/// @param traffic where requests and replies are counted
/// @param overload hears of connections that have no place
public record OcspServiceConfig(
        OcspRequestDecoder decoder,
        IssuerDirectory issuers,
        FastReplyLookup ready,
        Sources sources,
        int threads,
        SingleUse singleUse,
        RequestMetrics traffic,
        OverloadMonitor overload) {
    /// Requests whose answers are each signed for one request alone wait apart, so that many of
    /// them keep no thread from those that memory and disk can answer.
    ///
    /// @param is true of such a request; never blocks
    /// @param threads asking the source for them at once
    public record SingleUse(Predicate<ResolvedRequest> is, int threads) {
        /// Tells none apart.
        public static final SingleUse NONE = new SingleUse(_ -> false, 1);
    }

    /// Who is asked by whom. Both are the same source, unless somebody wants to tell them apart.
    ///
    /// @param get also by HEAD
    public record Sources(ResponseSource get, ResponseSource post) {
        public static Sources of(ResponseSource source) {
            return new Sources(source, source);
        }
    }

    /// With traffic nobody looks at, and requests that are all alike.
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
                SingleUse.NONE,
                new RequestMetrics(),
                new OverloadMonitor(Alarm.LOGGED));
    }
}
