package org.precertocsp.responder.alert;

/// POSTs notices as JSON to a service that notifies people.
public final class WebhookChannel implements AlertChannel {
    private final String name;
    private final JsonPoster poster;

    public WebhookChannel(AlertChannelConfig.Webhook config) {
        this.name = config.name();
        this.poster = new JsonPoster(config.url(), config.token(), config.timeout());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void deliver(AlertNotification notice)
            throws AlertDeliveryException, InterruptedException {
        send(AlertNotificationJson.of(notice));
    }

    /// POSTs any JSON.
    ///
    /// @throws AlertDeliveryException anything but a 2xx within the time
    public void send(byte[] json) throws AlertDeliveryException, InterruptedException {
        poster.post(json);
    }

    @Override
    public void close() {
        poster.close();
    }
}
