package org.precertocsp.responder.alert;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates the configured channels.
public final class AlertChannels {
    private AlertChannels() {}

    /// The caller must close the channels.
    public static List<AlertChannel> of(AlertConfig config, InstantSource clock) {
        List<AlertChannel> channels = new ArrayList<>();
        if (config.log()) {
            channels.add(new LogChannel());
        }
        for (AlertChannelConfig channel : config.channels()) {
            channels.add(
                    switch (channel) {
                        case AlertChannelConfig.Webhook webhook -> new WebhookChannel(webhook);
                        case AlertChannelConfig.Command command -> new CommandChannel(command);
                        case AlertChannelConfig.Alertmanager manager ->
                                new AlertmanagerChannel(manager, clock);
                    });
        }
        return channels;
    }

    /// Writes alerts to the log, for external log monitoring.
    public static final class LogChannel implements AlertChannel {
        private static final Logger LOG = LoggerFactory.getLogger(LogChannel.class);

        @Override
        public String name() {
            return "log";
        }

        @Override
        public void deliver(AlertNotification notice) {
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
}
