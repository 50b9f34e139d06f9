package org.precertocsp.responder.http;

import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.request.OcspRequestView;

/// Replies that need neither disk nor key, for event loops. Never blocks. Thread-safe.
@FunctionalInterface
public interface FastReplyLookup {
    /// Finds nothing.
    FastReplyLookup NONE = (_, _) -> null;

    /// Null if the answer service must be called.
    ///
    /// @param query valid during the call only
    /// @param epochMilli now, up to a millisecond old; a number, since an object per request would
    ///   be the only garbage
    @Nullable HttpReply find(OcspRequestView query, long epochMilli);
}
