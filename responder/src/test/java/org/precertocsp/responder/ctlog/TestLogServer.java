package org.precertocsp.responder.ctlog;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.precertocsp.der.ByteString;

/// Serves a [TestLog] over real HTTP by one of the two APIs, rightly or with a fault.
public final class TestLogServer implements AutoCloseable {
    /// Which API a server speaks.
    public enum Api {
        RFC6962,
        STATIC
    }

    /// What a server does wrong.
    public enum Fault {
        /// Some octet of an entry is another one.
        TAMPERED_ENTRY,
        /// The head is signed by a key of somebody else.
        BAD_SIGNATURE,
        /// The head is days old.
        STALE_HEAD,
        /// Entries are missing behind the first hundred.
        GAP,
        /// Answers every other request with 429 and a time to wait.
        BUSY,
        /// Answers nothing but 503.
        DOWN,
        /// Answers nothing but 429, and wants an hour.
        BUSY_FOR_LONG,
        /// Takes requests and never answers.
        HANGING,
        /// The precertificate beside a leaf is another one.
        WRONG_PRECERTIFICATE,
        /// Partial tiles are gone, as they may be once the tile is full.
        NO_PARTIAL_TILES
    }

    private static final Pattern TILE =
            Pattern.compile("/tile/(data|\\d)/((?:x\\d{3}/)*\\d{3})(?:\\.p/(\\d+))?");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Api api;
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private final AtomicInteger requests = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile Instant now;
    private volatile TestLog log;
    private volatile int size;
    private volatile int page = 1_000;
    private volatile Consumer<URI> listener = _ -> {};

    /// @param now when heads are signed
    public TestLogServer(Api api, TestLog log, Instant now) {
        this.api = api;
        this.log = log;
        this.size = log.size();
        this.now = now;
        try {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            server = HttpServer.create(any, 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.createContext("/", this::serve);
        server.setExecutor(threads);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /// From now on another tree is served, or as many entries of the same.
    public void serve(TestLog other, int entries) {
        log = other;
        size = entries;
    }

    /// From now on heads are signed at this time.
    public void signAt(Instant time) {
        now = time;
    }

    public void fail(Fault fault) {
        faults.add(fault);
    }

    public void repair() {
        faults.clear();
    }

    /// Most entries of a get-entries answer.
    public void page(int entries) {
        page = entries;
    }

    public int requests() {
        return requests.get();
    }

    /// From now on tells of every request, before it is answered; called by several threads.
    public void tell(Consumer<URI> everyRequest) {
        listener = everyRequest;
    }

    private void serve(HttpExchange exchange) throws IOException {
        int number = requests.incrementAndGet();
        try (exchange) {
            listener.accept(exchange.getRequestURI());
            if (faults.contains(Fault.DOWN)) {
                exchange.sendResponseHeaders(503, -1);
            } else if (faults.contains(Fault.HANGING)) {
                Thread.sleep(Duration.ofMinutes(1));
            } else if (faults.contains(Fault.BUSY_FOR_LONG)) {
                exchange.getResponseHeaders().add("Retry-After", "3600");
                exchange.sendResponseHeaders(429, -1);
            } else if (faults.contains(Fault.BUSY) && number % 2 == 1) {
                exchange.getResponseHeaders().add("Retry-After", "7");
                exchange.sendResponseHeaders(429, -1);
            } else {
                byte[] body =
                        api == Api.STATIC ? tiled(exchange) : dynamic(exchange.getRequestURI());
                if (body.length == 0) {
                    exchange.sendResponseHeaders(404, -1);
                } else {
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                }
            }
        } catch (InterruptedException _) {
            // The server closes.
        } catch (RuntimeException e) {
            failures.add(e.toString());
            throw e;
        }
    }

    private byte[] dynamic(URI uri) {
        Map<String, String> query = query(uri);
        return switch (uri.getPath()) {
            case "/ct/v1/get-sth" -> head(root -> log.treeHead(size, root, signedAt()));
            case "/ct/v1/get-entries" -> entries(query);
            case "/ct/v1/get-sth-consistency" ->
                    json(
                            "{\"consistency\":[%s]}"
                                    .formatted(
                                            hashes(
                                                    log.consistency(
                                                            number(query, "first"),
                                                            number(query, "second")))));
            case "/ct/v1/get-proof-by-hash" -> proof(query);
            default -> new byte[0];
        };
    }

    private byte[] head(Function<ByteString, byte[]> signed) {
        if (faults.contains(Fault.BAD_SIGNATURE)) {
            byte[] wrong = log.root(size).toArray();
            wrong[0] ^= 1;
            // Signed for one root, shown with another.
            String text = new String(signed.apply(ByteString.of(wrong)), StandardCharsets.UTF_8);
            String shown = TestLog.base64(log.root(size).toArray());
            return json(text.replace(TestLog.base64(wrong), shown));
        }
        return signed.apply(log.root(size));
    }

    private Instant signedAt() {
        return faults.contains(Fault.STALE_HEAD) ? now.minusSeconds(3 * 86_400) : now;
    }

    private byte[] entries(Map<String, String> query) {
        int from = number(query, "start");
        int to = Math.min(Math.min(number(query, "end") + 1, from + page), size);
        if (faults.contains(Fault.GAP) && from >= 100) {
            return json("{\"entries\":[]}");
        }
        if (faults.contains(Fault.GAP)) {
            to = Math.min(to, 100);
        }
        StringBuilder entries = new StringBuilder();
        for (int i = from; i < to; i++) {
            TestLog.Entry entry = entry(i);
            entries.append(i == from ? "" : ",")
                    .append("{\"leaf_input\":\"")
                    .append(TestLog.base64(entry.leaf()))
                    .append("\",\"extra_data\":\"")
                    .append(TestLog.base64(entry.extraData()))
                    .append("\"}");
        }
        return json("{\"entries\":[" + entries + "]}");
    }

    private TestLog.Entry entry(int index) {
        TestLog.Entry entry = log.entry(index);
        if (faults.contains(Fault.TAMPERED_ENTRY) && index == size / 2) {
            byte[] other = entry.timestamped().clone();
            other[other.length - 10] ^= 1;
            return new TestLog.Entry(other, entry.precertificate(), entry.chain());
        }
        if (faults.contains(Fault.WRONG_PRECERTIFICATE) && entry.precertificate().length > 2) {
            byte[] other = entry.precertificate().clone();
            other[other.length - 1] ^= 1;
            return new TestLog.Entry(entry.timestamped(), other, entry.chain());
        }
        return entry;
    }

    private byte[] proof(Map<String, String> query) {
        int leaf = log.indexOf(ByteString.of(Base64.getDecoder().decode(query.get("hash"))));
        List<ByteString> path = log.inclusion(leaf, 0, number(query, "tree_size"));
        return json("{\"leaf_index\":%d,\"audit_path\":[%s]}".formatted(leaf, hashes(path)));
    }

    private byte[] tiled(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/checkpoint")) {
            return head(root -> log.checkpoint(size, root, signedAt()));
        }
        if (path.startsWith("/issuer/")) {
            return log.issuer(path.substring("/issuer/".length()));
        }
        Matcher tile = TILE.matcher(path);
        if (!tile.matches()) {
            return new byte[0];
        }
        int index = Integer.parseInt(tile.group(2).replaceAll("[x/]", ""));
        int width = tile.group(3) == null ? 256 : Integer.parseInt(tile.group(3));
        boolean higher = tile.group(1).matches("[1-9]");
        if (width < 256 && !higher && faults.contains(Fault.NO_PARTIAL_TILES)) {
            return new byte[0];
        }
        if (!tile.group(1).equals("data")) {
            return hashes(Integer.parseInt(tile.group(1)), index, width);
        }
        exchange.getResponseHeaders().add("Content-Encoding", "gzip");
        return zipped(data(index, width));
    }

    private byte[] data(int index, int width) {
        ByteArrayOutputStream tile = new ByteArrayOutputStream();
        int end = Math.min(log.size(), index * 256 + width);
        if (faults.contains(Fault.GAP)) {
            end = Math.min(end, index * 256 + 100);
        }
        for (int i = index * 256; i < end; i++) {
            tile.writeBytes(entry(i).tileLeaf());
        }
        return tile.toByteArray();
    }

    private byte[] hashes(int level, int index, int width) {
        ByteArrayOutputStream tile = new ByteArrayOutputStream();
        for (int i = 0; i < width; i++) {
            tile.writeBytes(log.subtree(8 * level, (long) index * 256 + i).toArray());
        }
        return tile.toByteArray();
    }

    private static byte[] zipped(byte[] octets) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(packed)) {
            zip.write(octets);
        }
        return packed.toByteArray();
    }

    private static String hashes(List<ByteString> hashes) {
        return hashes.stream()
                .map(hash -> '"' + TestLog.base64(hash.toArray()) + '"')
                .collect(Collectors.joining(","));
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new HashMap<>();
        if (uri.getQuery() != null) {
            for (String part : uri.getQuery().split("&", -1)) {
                int equals = part.indexOf('=');
                query.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return query;
    }

    private static int number(Map<String, String> query, String name) {
        return Integer.parseInt(query.getOrDefault(name, ""));
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        if (!failures.isEmpty()) {
            throw new IllegalStateException("the test's log failed: " + failures.peek());
        }
    }
}
