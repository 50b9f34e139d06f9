package org.precertocsp.responder.alert;

import java.util.List;
import java.util.Optional;

/// The alerts of a running server, for code that shows them or acts for a person. Thread-safe.
public interface Alerts {
    /// Neither acknowledged nor ended, the worst first, then the oldest.
    List<Alert> open();

    /// Ended without anybody having acknowledged them: those a person must still see first, then
    /// the newest end first.
    List<Alert> ended();

    /// Acknowledged, whether ended or not, the newest acknowledgement first.
    List<Alert> acknowledged();

    Optional<Alert> find(String id);

    /// Acknowledges an alert in a person's name. Returns once that is durable.
    ///
    /// @param note may be empty
    /// @return the alert; as it was if somebody had acknowledged it before
    /// @throws UnknownAlert there is none of this ID
    /// @throws IllegalArgumentException name or note is empty or too long, with the limit
    Alert acknowledge(String id, String by, String note) throws UnknownAlert;

    /// The state of each channel.
    List<AlertChannelState> channels();

    /// Incidents that were dropped because too many came at once.
    long lost();

    /// No alert has the ID.
    final class UnknownAlert extends Exception {
        private static final long serialVersionUID = 1L;

        public UnknownAlert(String id) {
            super("no alert " + id);
        }
    }
}
