package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.StatusStore;
import org.slf4j.LoggerFactory;

/// One caller's requests, however many and however broken, never keep another from its own.
final class RequestLimiterFaultTest {
    private static final String UNFINISHED =
            """
            POST /v1/lookups HTTP/1.1\r
            Host: localhost\r
            Content-Type: application/json\r
            Content-Length: 60000\r
            \r
            {""";

    @TempDir Path folder;

    @Test
    void bodies_of_a_viewer_that_never_end_do_not_stop_revocations() throws Exception {
        List<Socket> hanging = new ArrayList<>();
        try (TestApiServer api = new TestApiServer(folder, new InMemoryStatusStore())) {
            URI uri = api.uri("");
            SSLSocketFactory viewer = api.authority.client("viewer").context().getSocketFactory();
            for (int i = 0; i < 140; i++) {
                Socket socket =
                        viewer.createSocket(InetAddress.getLoopbackAddress(), uri.getPort());
                hanging.add(socket);
                socket.getOutputStream().write(UNFINISHED.getBytes(StandardCharsets.US_ASCII));
            }
            Socket last = hanging.getLast();
            last.setSoTimeout(20_000);
            assertThat(new String(last.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 503");

            HttpResponse<String> revoked =
                    api.post(
                            "revoker",
                            "revocations",
                            """
                            {"issuer": "tls", "serial": "2a", "unknownSerial": true,
                             "reason": "superseded"}""");

            assertThat(revoked.statusCode()).as(revoked.body()).isEqualTo(200);
        } finally {
            close(hanging);
        }
    }

    /// What a caller sends behind a head, before it resets the connection, or ends it.
    private static Stream<String> brokenBodies() {
        String json = "Content-Type: application/json\r\n";
        String lines = "Content-Type: application/x-ndjson\r\n";
        String length = "Content-Length: 60000\r\n\r\n";
        String chunked = "Transfer-Encoding: chunked\r\n\r\n";
        return Stream.of(json, lines)
                .flatMap(
                        type ->
                                Stream.of(
                                        type + length + "{",
                                        type + length,
                                        type + chunked,
                                        type + chunked + "5\r\n{",
                                        type + chunked + "5\r\n{    0\r\n",
                                        type + chunked + "zz\r\n",
                                        type + chunked + "-1\r\n\r\n",
                                        type + chunked + "7fffffffffffffff\r\n{"));
    }

    @Test
    void a_caller_whose_request_breaks_off_is_no_failure_of_the_server() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        try (TestApiServer api = new TestApiServer(folder, new InMemoryStatusStore())) {
            for (String role : List.of("revoker", "viewer")) {
                SSLSocketFactory caller = api.authority.client(role).context().getSocketFactory();
                for (String body : brokenBodies().toList()) {
                    breakOff(caller, api.uri("").getPort(), body, true);
                    breakOff(caller, api.uri("").getPort(), body, false);
                }
            }
            assertThat(api.get("viewer", "issuers").statusCode()).isEqualTo(200);
        } finally {
            root.detachAppender(log);
        }
        assertThat(log.list).filteredOn(it -> it.getLevel().isGreaterOrEqual(Level.WARN)).isEmpty();
    }

    private static void breakOff(SSLSocketFactory caller, int port, String body, boolean reset)
            throws IOException {
        try (Socket socket = caller.createSocket(InetAddress.getLoopbackAddress(), port)) {
            String head = "POST /v1/revocations HTTP/1.1\r\nHost: localhost\r\n";
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(30);
            readSome(socket);
            if (reset) {
                socket.setSoLinger(true, 0);
            }
        }
    }

    private static void readSome(Socket socket) throws IOException {
        try {
            int _ = socket.getInputStream().read();
        } catch (SocketTimeoutException _) {
            // It waits for the rest.
        }
    }

    @Test
    void a_revocation_that_is_refused_records_nothing() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        StatusStore store = counting(new InMemoryStatusStore(), StatusStore.class, commits);
        String refused = "{\"issuer\": \"tls\", \"serial\": \"2a\", \"reason\": \"superseded\"}";
        try (TestApiServer api = new TestApiServer(folder, store)) {
            assertThat(api.post("revoker", "revocations", refused).statusCode()).isEqualTo(422);
            HttpResponse<String> named =
                    api.send(
                            "revoker",
                            "POST",
                            "revocations",
                            refused,
                            "Content-Type",
                            "application/json",
                            "Idempotency-Key",
                            "one");
            assertThat(named.statusCode()).isEqualTo(422);
            assertThat(commits).hasValue(0);

            String done = refused.replace("}", ", \"unknownSerial\": true}");
            assertThat(api.post("revoker", "revocations", done).statusCode()).isEqualTo(200);
            assertThat(commits).hasValue(1);
        }
    }

    /// Counts the commits of change sets that come from it.
    private static <T> T counting(T real, Class<T> type, AtomicInteger commits) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            if (method.getName().equals("commit")) {
                                commits.incrementAndGet();
                            }
                            Object result;
                            try {
                                result = method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                            return result instanceof Optional<?> some
                                            && some.isPresent()
                                            && some.get() instanceof ChangeSet set
                                    ? Optional.of(counting(set, ChangeSet.class, commits))
                                    : result;
                        }));
    }

    @Test
    void there_is_always_a_place_for_another_caller() throws Exception {
        RequestLimiter shares = new RequestLimiter();
        for (int caller = 0; caller < 7; caller++) {
            int places = takeAll(shares, "caller " + caller);
            assertThat(places).isPositive();
        }
    }

    @Test
    void one_caller_alone_has_half_and_has_it_again_when_it_is_done() throws Exception {
        RequestLimiter shares = new RequestLimiter();
        List<RequestLimiter.Place> places = new ArrayList<>();
        for (int i = 0; i < RequestLimiter.PLACES / 2; i++) {
            places.add(shares.take("viewer/one"));
        }
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> shares.take("viewer/one"))
                .matches(it -> it.kind() == ApiException.Kind.BUSY)
                .withMessageContaining("viewer/one has 128 requests");

        places.forEach(RequestLimiter.Place::close);

        assertThat(takeAll(shares, "viewer/one")).isEqualTo(RequestLimiter.PLACES / 2);
    }

    private static int takeAll(RequestLimiter shares, String caller) {
        int places = 0;
        while (true) {
            try {
                RequestLimiter.Place _ = shares.take(caller);
                places++;
            } catch (ApiException _) {
                return places;
            }
        }
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
