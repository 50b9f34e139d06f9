package org.precertocsp.responder.io;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// HTTP requests of this program to other servers, with the client of the JDK.
///
/// That client leaves two problems to its caller. Over plain HTTP it offers an upgrade to HTTP/2,
/// which some servers reject; [#builder] creates HTTP/1.1 clients that follow no redirect, so that
/// content and secrets are sent only to the configured address. And the timeout of a request ends
/// with the headers of its reply, so that a slow body may take unlimited time; [#send] has one
/// limit for all of it.
///
/// The tests of other responders in `monitor` write their requests directly instead, since they
/// send requests that no HTTP client would.
public final class HttpClients {
    /// The `User-Agent` of requests.
    public static final String USER_AGENT = "precert-ocsp";

    private HttpClients() {}

    /// For further settings. Closing such a client waits for its requests; `shutdownNow` ends them.
    ///
    /// @param connect maximum wait for a connection
    public static HttpClient.Builder builder(Duration connect) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connect);
    }

    /// Sends a request, and blocks until the reply is complete.
    ///
    /// @param limit from now until the last byte of the body
    /// @throws HttpTimeoutException the limit has passed; the request is cancelled
    /// @throws IOException the request failed
    public static <T> HttpResponse<T> send(
            HttpClient client,
            HttpRequest request,
            HttpResponse.BodyHandler<T> body,
            Duration limit)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<T>> reply = client.sendAsync(request, body);
        try {
            return reply.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new HttpTimeoutException(
                    "request timed out: no complete reply within %s".formatted(limit));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure
                    ? failure
                    : new IOException(String.valueOf(e.getCause()), e);
        } finally {
            reply.cancel(true);
        }
    }
}
