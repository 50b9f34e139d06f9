package org.precertocsp.responder.alert.channel;

import org.precertocsp.responder.alert.AlertChannel;
import org.precertocsp.responder.alert.ChannelConfig;
import org.precertocsp.responder.alert.ChannelFailure;
import org.precertocsp.responder.alert.Notice;

/// POSTs notices as JSON to a service that finds people.
public final class WebhookChannel implements AlertChannel {
    private final String name;
    private final Poster poster;

    public WebhookChannel(ChannelConfig.Webhook config) {
        this.name = config.name();
        this.poster = new Poster(config.url(), config.token(), config.timeout());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void deliver(Notice notice) throws ChannelFailure, InterruptedException {
        send(NoticeJson.of(notice));
    }

    /// POSTs any JSON.
    ///
    /// @throws ChannelFailure anything but a 2xx within the time
    public void send(byte[] json) throws ChannelFailure, InterruptedException {
        poster.post(json);
    }

    @Override
    public void close() {
        poster.close();
    }
}
