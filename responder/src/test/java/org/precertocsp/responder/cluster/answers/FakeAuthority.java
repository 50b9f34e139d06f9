package org.precertocsp.responder.cluster.answers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLParameters;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.responder.admin.ClientTls;
import org.precertocsp.responder.admin.TestClientCa;
import org.precertocsp.responder.admin.TlsConfigException;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.signer.ResponseTemplate;

/// An authority that replies what a test wants: lies, refusals, or nothing.
final class FakeAuthority implements AutoCloseable {
    /// Replies to a batch.
    interface Lies {
        byte[] reply(List<CertId> asked);
    }

    final Map<ByteString, ResponseTemplate> templates = new ConcurrentHashMap<>();
    final AtomicInteger batches = new AtomicInteger();
    volatile Lies lies = _ -> new byte[0];
    volatile int status = 200;
    volatile boolean silent;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpsServer server;

    FakeAuthority(TestClientCa clients) throws IOException, TlsConfigException {
        server =
                HttpsServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        var tls =
                new ClientTls(
                                Optional.of(clients.authority()),
                                clients.serverCertificate(),
                                clients.serverKey())
                        .context();
        server.setHttpsConfigurator(
                new HttpsConfigurator(tls) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters required = tls.getDefaultSSLParameters();
                        required.setNeedClientAuth(true);
                        parameters.setSSLParameters(required);
                    }
                });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        if (silent) {
            await();
        }
        byte[] reply = new byte[Long.BYTES];
        int code = status;
        if (path.equals("/edge/v1/answers")) {
            batches.incrementAndGet();
            OcspRequest request =
                    (OcspRequest)
                            new OcspRequestDecoder(new RequestLimits(AuthorityAnswers.MAX_KEYS))
                                    .decode(body);
            reply = lies.reply(request.certIds());
        } else if (path.startsWith("/edge/v1/templates/")) {
            ByteString id = ByteString.ofHex(path.substring(path.lastIndexOf('/') + 1));
            ResponseTemplate template = templates.get(id);
            reply = template == null ? reply : template.encoded().toArray();
            code = template == null ? 404 : code;
        }
        exchange.sendResponseHeaders(code, reply.length == 0 ? -1 : reply.length);
        exchange.getResponseBody().write(reply);
        exchange.close();
    }

    private void await() {
        try {
            closing.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    URI address() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
