package org.precertocsp.responder.alert.channel;

import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertChannel;
import org.precertocsp.responder.alert.Notice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Alerts as messages of the log, which something else watches.
public final class LogChannel implements AlertChannel {
    private static final Logger LOG = LoggerFactory.getLogger(LogChannel.class);

    @Override
    public String name() {
        return "log";
    }

    @Override
    public void deliver(Notice notice) {
        Alert alert = notice.alert();
        switch (notice.reason()) {
            case ACKNOWLEDGED ->
                    LOG.info(
                            "ALERT {} {} {} acknowledged by {}",
                            alert.id(),
                            alert.kind(),
                            alert.about(),
                            alert.acknowledgement().map(it -> it.by()).orElse("nobody"));
            case ENDED ->
                    LOG.info(
                            "ALERT {} ENDED {} {}: its cause is gone since {}{}",
                            alert.id(),
                            alert.kind(),
                            alert.about(),
                            alert.ending().map(it -> it.at().toString()).orElse("now"),
                            alert.isUnseen()
                                    ? " (it stays listed until acknowledged: precert-ocsp alerts"
                                            + " ack "
                                            + alert.id()
                                            + ")"
                                    : "");
            case RAISED, ESCALATED, STILL_OPEN ->
                    LOG.error(
                            "ALERT {} {} {} {} {}: {} (acknowledge by {}: precert-ocsp alerts ack"
                                    + " {})",
                            alert.id(),
                            notice.reason(),
                            alert.severity(),
                            alert.kind(),
                            alert.about(),
                            alert.what(),
                            alert.deadline(),
                            alert.id());
        }
    }
}
