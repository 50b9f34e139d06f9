package org.precertocsp.responder.alert;

import org.jspecify.annotations.Nullable;

/// A channel did not take a notice.
public final class ChannelFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public ChannelFailure(String why, @Nullable Throwable cause) {
        super(why, cause);
    }
}
