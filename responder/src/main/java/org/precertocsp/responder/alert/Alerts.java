package org.precertocsp.responder.alert;

import java.util.List;

/// The alerts of a running server, for code that shows them or acts for a person. Thread-safe.
public interface Alerts {
    /// Alerts neither acknowledged nor ended, the most severe first, then the oldest.
    List<Alert> open();

    /// Alerts that ended before anybody acknowledged them: those that a person must still see
    /// first, then the newest end first.
    List<Alert> ended();

    /// Acknowledged alerts, whether ended or not, the newest acknowledgement first.
    List<Alert> acknowledged();

    /// Acknowledges an alert in a person's name. Returns once that is durable.
    ///
    /// @param note may be empty
    /// @return the alert; unchanged if it had been acknowledged before
    /// @throws UnknownAlert there is no alert with this ID
    /// @throws IllegalArgumentException name or note is empty or too long, with the limit
    Alert acknowledge(String id, String by, String note) throws UnknownAlert;

    /// The state of each channel.
    List<AlertChannelState> channels();

    /// Number of incidents that were dropped because too many arrived at once.
    long lost();

    /// No alert has the ID.
    final class UnknownAlert extends Exception {
        private static final long serialVersionUID = 1L;

        public UnknownAlert(String id) {
            super("no alert " + id);
        }
    }
}
