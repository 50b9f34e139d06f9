package org.precertocsp.responder.tracing;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A collector on this machine: takes spans over HTTP, as protobuf.
public final class FakeCollector implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 30_000;
    private static final char[] PASSWORD = "test".toCharArray();

    private final HttpServer server;
    private final List<Span> spans = new ArrayList<>();
    private final List<Map<String, String>> senders = new ArrayList<>();
    private final List<String> authorizations = new ArrayList<>();
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private int status = 200;
    private int posts;

    private FakeCollector(HttpServer server) {
        this.server = server;
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    public static FakeCollector start() throws IOException {
        return new FakeCollector(HttpServer.create(anyPort(), 0));
    }

    /// By TLS.
    public static FakeCollector start(Certificate certificate, KeyPair keys)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", keys.getPrivate(), PASSWORD, new Certificate[] {certificate});
        KeyManagerFactory key =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        key.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(key.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return new FakeCollector(server);
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    public URI endpoint() {
        String scheme = server instanceof HttpsServer ? "https" : "http";
        return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces");
    }

    /// From now on answers so.
    synchronized void answer(int code) {
        status = code;
    }

    private void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body);
        int code;
        synchronized (this) {
            code = status;
            posts++;
            octets.writeBytes(body);
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            authorizations.add(authorization == null ? "" : authorization);
            request.getResourceSpansList()
                    .forEach(
                            it -> {
                                senders.add(words(it.getResource().getAttributesList()));
                                it.getScopeSpansList()
                                        .forEach(scope -> spans.addAll(scope.getSpansList()));
                            });
            notifyAll();
        }
        exchange.sendResponseHeaders(code, -1);
        exchange.close();
    }

    public synchronized List<Span> spans() {
        return List.copyOf(spans);
    }

    /// Those that another began.
    public List<Span> children(Span parent) {
        return spans().stream()
                .filter(it -> it.getParentSpanId().equals(parent.getSpanId()))
                .toList();
    }

    public List<Span> called(String name) {
        return spans().stream().filter(it -> it.getName().equals(name)).toList();
    }

    /// The only one of that name.
    public Span only(String name) {
        List<Span> all = called(name);
        if (all.size() != 1) {
            throw new AssertionError(all.size() + " spans are called " + name + " in " + names());
        }
        return all.getFirst();
    }

    List<String> names() {
        return spans().stream().map(Span::getName).toList();
    }

    /// What senders say of themselves.
    public synchronized List<Map<String, String>> senders() {
        return List.copyOf(senders);
    }

    public synchronized List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    /// All bodies, one after the other.
    public synchronized ByteString octets() {
        return ByteString.copyFrom(octets.toByteArray());
    }

    /// @throws AssertionError if it has not come about after half a minute
    public synchronized void await(Predicate<FakeCollector> condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (!condition.test(this)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not come about with " + names());
            }
            wait(100);
        }
    }

    synchronized int posts() {
        return posts;
    }

    public static Map<String, String> words(Span span) {
        return words(span.getAttributesList());
    }

    private static Map<String, String> words(List<KeyValue> attributes) {
        Map<String, String> words = new TreeMap<>();
        attributes.forEach(it -> words.put(it.getKey(), word(it.getValue())));
        return words;
    }

    private static String word(AnyValue value) {
        return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
