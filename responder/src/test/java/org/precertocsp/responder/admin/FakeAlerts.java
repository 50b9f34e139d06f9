package org.precertocsp.responder.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.alert.Acknowledgement;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertChannelState;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.alert.Incident;

/// One alert, which somebody may take up.
final class FakeAlerts implements Alerts {
    static final String ID = "261121-7f3a";

    private final Instant now;
    private Alert alert;

    FakeAlerts(Instant now) {
        this.now = now;
        this.alert = raised(now);
    }

    void reopen() {
        alert = raised(now);
    }

    private static Alert raised(Instant now) {
        return Alert.raised(
                        ID,
                        new Incident(
                                Incident.Kind.LOG_SILENT,
                                "log.example",
                                "It has not answered for an hour."),
                        1,
                        now,
                        now.plusSeconds(86_400))
                .toldBy("log");
    }

    @Override
    public List<Alert> open() {
        return alert.isOpen() ? List.of(alert) : List.of();
    }

    @Override
    public List<Alert> ended() {
        return List.of();
    }

    @Override
    public List<Alert> acknowledged() {
        return alert.isOpen() ? List.of() : List.of(alert);
    }

    @Override
    public Alert acknowledge(String id, String by, String note) throws UnknownAlert {
        if (note.length() > Acknowledgement.MAX_NOTE) {
            throw new IllegalArgumentException("a note has at most 4000 characters");
        }
        if (!id.equals(ID)) {
            throw new UnknownAlert(id);
        }
        if (alert.isOpen()) {
            alert = alert.acknowledged(new Acknowledgement(by, now, note));
        }
        return alert;
    }

    @Override
    public List<AlertChannelState> channels() {
        return List.of(new AlertChannelState("log", 1, 0, 0, Optional.empty()));
    }

    @Override
    public long lost() {
        return 0;
    }
}
