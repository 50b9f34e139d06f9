package org.precertocsp.responder.http;

import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.request.OcspRequestView;

/// Replies that need neither disk nor key, for event loops. Never blocks. Thread-safe.
@FunctionalInterface
public interface FastReplyLookup {
    /// Has nothing ready.
    FastReplyLookup NONE = (_, _) -> null;

    /// Null where the chain of sources must be asked.
    ///
    /// @param query valid during the call only
    /// @param epochMilli now, up to a millisecond old; a number, since an object for each request
    ///   would be the only garbage there is
    @Nullable HttpReply find(OcspRequestView query, long epochMilli);
}
