package org.precertocsp.responder.alert.channel;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.precertocsp.responder.alert.AlertChannel;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.alert.ChannelConfig;

/// From configured channels to working ones.
public final class Channels {
    private Channels() {}

    /// To be closed by whoever delivers through them.
    public static List<AlertChannel> of(AlertConfig config, InstantSource clock) {
        List<AlertChannel> channels = new ArrayList<>();
        if (config.log()) {
            channels.add(new LogChannel());
        }
        for (ChannelConfig channel : config.channels()) {
            channels.add(
                    switch (channel) {
                        case ChannelConfig.Webhook webhook -> new WebhookChannel(webhook);
                        case ChannelConfig.Command command -> new CommandChannel(command);
                        case ChannelConfig.Alertmanager manager ->
                                new AlertmanagerChannel(manager, clock);
                    });
        }
        return channels;
    }
}
