package org.precertocsp.responder.alert;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.precertocsp.responder.io.HttpClients;
import org.precertocsp.signer.key.SecretSource;

/// POSTs JSON. A redirect is a failure: alerts and their token are sent to the configured address
/// only. No error message contains more of an address than its origin.
final class JsonPoster implements AutoCloseable {
    private final HttpClient client;
    private final URI url;
    private final Optional<SecretSource> token;
    private final Duration timeout;

    JsonPoster(URI url, Optional<SecretSource> token, Duration timeout) {
        this.url = url;
        this.token = token;
        this.timeout = timeout;
        this.client = HttpClients.builder(timeout).build();
    }

    /// @throws AlertDeliveryException anything but a 2xx within the time
    void post(byte[] json) throws AlertDeliveryException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url)
                        .timeout(timeout)
                        .header("Content-Type", "application/json")
                        .header("User-Agent", HttpClients.USER_AGENT)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(json));
        if (token.isPresent()) {
            request.header("Authorization", "Bearer " + read(token.get()));
        }
        try {
            HttpResponse<Void> response =
                    HttpClients.send(
                            client,
                            request.build(),
                            HttpResponse.BodyHandlers.discarding(),
                            timeout);
            if (response.statusCode() / 100 != 2) {
                throw new AlertDeliveryException(
                        origin() + " answered " + response.statusCode(), null);
            }
        } catch (IOException e) {
            throw new AlertDeliveryException(
                    origin() + ": " + e.toString().replace(url.toString(), origin()), null);
        }
    }

    /// Failures are displayed and logged, and the rest of an address may be a secret.
    private String origin() {
        return "%s://%s%s"
                .formatted(
                        url.getScheme(),
                        url.getHost(),
                        url.getPort() < 0 ? "" : ":" + url.getPort());
    }

    private static String read(SecretSource token) throws AlertDeliveryException {
        String value;
        try {
            value = token.text();
        } catch (IOException e) {
            throw new AlertDeliveryException("its token cannot be read: " + e, e);
        }
        if (value.isEmpty()) {
            throw new AlertDeliveryException("its token is empty or not there", null);
        }
        return value;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
