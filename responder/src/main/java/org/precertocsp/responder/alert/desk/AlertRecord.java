package org.precertocsp.responder.alert.desk;

import org.precertocsp.responder.alert.Notice;

/// Takes down what becomes of alerts, for auditors: raised, escalated, acknowledged, ended.
/// Thread-safe.
@FunctionalInterface
public interface AlertRecord {
    /// Takes nothing down.
    AlertRecord NONE = _ -> {};

    /// Called before the notice takes effect. An exception keeps an acknowledgement from being
    /// taken, and nothing else: a person must be told in any case.
    void about(Notice notice);
}
