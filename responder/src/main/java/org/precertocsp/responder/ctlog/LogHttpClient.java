package org.precertocsp.responder.ctlog;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLHandshakeException;
import org.precertocsp.responder.io.HttpClients;

/// The HTTP client for one log: retries where that may help, obeys Retry-After, and never reads
/// more than its limits permit. Blocks; thread-safe, for virtual threads.
public final class LogHttpClient implements AutoCloseable {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private final HttpClient client;
    private final LogClientConfig limits;
    private final InstantSource clock;
    private final RetryPause pause;
    private final String agent;

    /// @param agent names this program and a contact, as log operators request
    public LogHttpClient(
            LogClientConfig limits, InstantSource clock, RetryPause pause, String agent) {
        this.limits = limits;
        this.clock = clock;
        this.pause = pause;
        this.agent = agent;
        // Logs are read by many requests at once and send no secrets.
        this.client =
                HttpClients.builder(limits.timeout())
                        .version(HttpClient.Version.HTTP_2)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build();
    }

    /// The content of an address, decompressed.
    ///
    /// @throws LogUnavailableException also for 404 Not Found
    byte[] get(URI address) throws LogUnavailableException, InterruptedException {
        return find(address)
                .orElseThrow(
                        () ->
                                new LogUnavailableException(
                                        address + " answers 404 Not Found", null));
    }

    /// Whether an address has content.
    public boolean exists(URI address) throws LogUnavailableException, InterruptedException {
        return find(address).isPresent();
    }

    /// The content of an address; empty for 404 Not Found.
    Optional<byte[]> find(URI address) throws LogUnavailableException, InterruptedException {
        Duration next = limits.firstPause();
        for (int attempt = 1; ; attempt++) {
            String why;
            Optional<Duration> asked = Optional.empty();
            try {
                HttpResponse<byte[]> response = attempt(address);
                int status = response.statusCode();
                if (status == OK) {
                    return Optional.of(decompressed(response));
                }
                if (status == NOT_FOUND) {
                    return Optional.empty();
                }
                why = "answers " + status;
                if (status != TOO_MANY_REQUESTS && status < SERVER_ERRORS) {
                    throw new LogUnavailableException(address + " " + why, null);
                }
                asked = retryAfter(response);
                if (asked.isPresent() && asked.get().compareTo(limits.longestPause()) > 0) {
                    throw LogUnavailableException.until(
                            "%s %s, with a Retry-After of %s".formatted(address, why, asked.get()),
                            asked.get());
                }
            } catch (IOException e) {
                why = "fails: " + reason(e);
            }
            if (attempt == limits.attempts()) {
                throw new LogUnavailableException(
                        "%s %s, also at attempt %d".formatted(address, why, attempt), null);
            }
            pause.of(shorter(asked.orElse(next), limits.longestPause()));
            next = shorter(next.multipliedBy(2), limits.longestPause());
        }
    }

    private HttpResponse<byte[]> attempt(URI address)
            throws IOException, LogUnavailableException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(address)
                        .timeout(limits.timeout())
                        .header("User-Agent", agent)
                        .header("Accept-Encoding", "gzip, identity")
                        .build();
        try {
            return HttpClients.send(
                    client,
                    request,
                    BodyHandlers.limiting(BodyHandlers.ofByteArray(), limits.maxAnswerBytes()),
                    limits.timeout());
        } catch (SSLHandshakeException e) {
            // A retry would not change the trust store.
            throw new LogUnavailableException(
                    "%s cannot be reached with TLS: %s; for a private CA, configure a trust store:"
                                    .formatted(address, reason(e))
                            + " PRECERT_OCSP_JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE",
                    e);
        }
    }

    // Logs may compress their tiles unconditionally (CT-12).
    private byte[] decompressed(HttpResponse<byte[]> response) throws IOException {
        String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
        return switch (encoding) {
            case "identity" -> response.body();
            case "gzip" -> gunzipped(response.body());
            default -> throw new IOException("content encoding " + encoding + " is not known");
        };
    }

    private byte[] gunzipped(byte[] compressed) throws IOException {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            byte[] bytes = in.readNBytes(limits.maxAnswerBytes());
            if (in.read() >= 0) {
                throw new IOException(
                        "more than %d bytes, decompressed".formatted(limits.maxAnswerBytes()));
            }
            return bytes;
        }
    }

    private Optional<Duration> retryAfter(HttpResponse<?> response) {
        return response.headers().firstValue("Retry-After").flatMap(this::duration);
    }

    /// Seconds, or a date (RFC 9110 §10.2.3).
    private Optional<Duration> duration(String text) {
        if (text.matches("\\d{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant until = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
            Duration wait = Duration.between(clock.instant(), until);
            return wait.isNegative() ? Optional.empty() : Optional.of(wait);
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    /// Aborts the requests in progress; later requests fail, too. Returns at once.
    public void stop() {
        client.shutdownNow();
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }

    /// Waits between attempts. Tests record it instead.
    @FunctionalInterface
    public interface RetryPause {
        void of(Duration duration) throws InterruptedException;
    }
}
