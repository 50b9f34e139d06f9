package org.precertocsp.loadtest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.precertocsp.loadtest.requests.TargetUrl;

/// A small OCSP responder over real HTTP that can be told to go wrong.
public final class StubResponder implements AutoCloseable {
    /// What is done for the n-th request, from 1.
    @FunctionalInterface
    public interface Conduct {
        Deed deed(int request) throws InterruptedException;
    }

    /// One way of answering.
    public enum Deed {
        SIGN,
        SIGN_FALSELY,
        TRY_LATER,
        GARBAGE,
        ERROR_500,
        HANG_UP,
        CHUNKED
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> signed = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final SignedAnswers answers;
    private final Conduct conduct;

    private StubResponder(SignedAnswers answers, Conduct conduct) throws IOException {
        this.answers = answers;
        this.conduct = conduct;
        this.server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(threads);
        server.createContext("/ocsp/", this::handle);
        server.start();
    }

    public static StubResponder of(SignedAnswers answers, Conduct conduct) throws IOException {
        return new StubResponder(answers, conduct);
    }

    public TargetUrl target() {
        return TargetUrl.of(url());
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/ocsp";
    }

    public int requests() {
        return requests.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] request = request(exchange);
            switch (conduct.deed(requests.incrementAndGet())) {
                case SIGN -> reply(exchange, 200, sign(request, false), false);
                case CHUNKED -> reply(exchange, 200, sign(request, false), true);
                case SIGN_FALSELY -> reply(exchange, 200, sign(request, true), false);
                case TRY_LATER -> reply(exchange, 200, new byte[] {0x30, 3, 0x0A, 1, 3}, false);
                case GARBAGE ->
                        reply(exchange, 200, "no answer".getBytes(StandardCharsets.UTF_8), false);
                case ERROR_500 -> reply(exchange, 500, new byte[1], false);
                case HANG_UP -> {}
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] request(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            return exchange.getRequestBody().readAllBytes();
        }
        String path = exchange.getRequestURI().getRawPath().substring("/ocsp/".length());
        return Base64.getDecoder().decode(URLDecoder.decode(path, StandardCharsets.UTF_8));
    }

    private byte[] sign(byte[] request, boolean falsely) throws IOException {
        OCSPReq asked = new OCSPReq(request);
        String key =
                BigInteger.valueOf(falsely ? 1 : 0) + Base64.getEncoder().encodeToString(request);
        return signed.computeIfAbsent(key, _ -> answers.answer(asked, falsely));
    }

    private static void reply(HttpExchange exchange, int status, byte[] body, boolean chunked)
            throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "application/ocsp-response");
        exchange.sendResponseHeaders(status, chunked ? 0 : body.length);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
