package org.precertocsp.responder.alert;

import org.jspecify.annotations.Nullable;

/// A channel did not accept a notice.
public final class AlertDeliveryException extends Exception {
    private static final long serialVersionUID = 1L;

    public AlertDeliveryException(String why, @Nullable Throwable cause) {
        super(why, cause);
    }
}
