package org.precertocsp.responder.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.precertocsp.TestCa;
import org.precertocsp.responder.cluster.ClusterHistory;
import org.precertocsp.responder.cluster.ClusterHistory.Kind;

/// Clients of the API: they assign serials and revoke some of them, at whichever authority takes
/// changes, and write down what they were told.
final class CampaignWriter implements AutoCloseable {
    /// How long a request may take: an authority in doubt answers after that at the latest.
    private static final Duration REQUEST = Duration.ofSeconds(40);

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final int MOST_POLLED = 2_000;
    private static final String POLLER = "writer-poll";
    private static final int FIRST_SERIAL = 0x100000;
    private static final String JSON_TYPE = "application/json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CampaignCluster cluster;
    private final CampaignHistory history;
    private final HttpClient http;
    private final KeyPair subject = TestCa.p256();
    private final AtomicInteger serials = new AtomicInteger(FIRST_SERIAL);
    private final AtomicInteger changes = new AtomicInteger();
    private final Queue<Pending> pending = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile String holder = CampaignCluster.AUTHORITIES.getFirst();
    private volatile boolean mixed;
    private volatile boolean written;
    private volatile boolean ended;

    /// Serials that were asked about once, so that clients ask again.
    private final List<Integer> known = new CopyOnWriteArrayList<>();

    /// Durable, and not known to be effective.
    private record Pending(String change, String authority, long sequence, long sinceNanos) {}

    CampaignWriter(CampaignCluster cluster, CampaignHistory history) throws Exception {
        this.cluster = cluster;
        this.history = history;
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(cluster.operator())
                        .connectTimeout(CONNECT)
                        .build();
    }

    /// Writes until [#close].
    ///
    /// @param perSecond how many changes, at most
    /// @param mixed some clients do not wait until their change is effective
    void start(int clients, int perSecond, boolean mixed) {
        this.mixed = mixed;
        long pauseNanos = clients * 1_000_000_000L / perSecond;
        for (int client = 0; client < clients; client++) {
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .name("writer-" + client)
                            .start(() -> write(pauseNanos)));
        }
        threads.add(Thread.ofPlatform().daemon().name(POLLER).start(this::poll));
    }

    private void write(long pauseNanos) {
        Random random = new Random();
        long next = System.nanoTime();
        while (!written && !ended) {
            next = Math.max(next + pauseNanos, System.nanoTime() - pauseNanos);
            LockSupport.parkNanos(next - System.nanoTime());
            int serial = serials.incrementAndGet();
            known.add(serial);
            if (assign(serial) && random.nextInt(3) > 0) {
                next += pauseNanos;
                LockSupport.parkNanos(next - System.nanoTime());
                revoke(serial);
            }
        }
    }

    /// Serials that were assigned, or may have been, oldest first.
    List<Integer> known() {
        return known;
    }

    boolean assign(int serial) {
        byte[] der =
                TestCa.encoded(cluster.ca().precertificate(BigInteger.valueOf(serial), subject));
        return change(
                Kind.ASSIGN,
                serial,
                "certificates",
                "application/x-pem-file",
                TestCa.pem("CERTIFICATE", der));
    }

    boolean revoke(int serial) {
        return change(Kind.REVOKE, serial, "revocations", JSON_TYPE, revocation(serial));
    }

    private static String revocation(int serial) {
        return "{\"issuer\": \"one\", \"serial\": \"%06x\", \"reason\": \"superseded\"}"
                .formatted(serial);
    }

    /// @return false if it is not known to be durable
    private boolean change(Kind kind, int serial, String path, String type, String body) {
        String change = "%s-%06x-%d".formatted(kind, serial, changes.incrementAndGet());
        String authority = holder;
        // Some wait, others ask later.
        String until = mixed && ThreadLocalRandom.current().nextInt(3) > 0 ? "?until=durable" : "";
        history.add(new ClusterHistory.Sent(history.now(), change, kind, Set.of(name(serial))));
        try {
            HttpResponse<String> reply = post(authority, path + until, type, body);
            long now = history.now();
            switch (reply.statusCode()) {
                case 200, 202 -> {
                    JsonNode receipt = JSON.readTree(reply.body());
                    long sequence = receipt.path("sequence").asLong();
                    history.add(
                            // What the reply names may be a later change.
                            new ClusterHistory.Durable(
                                    now, change, authority, OptionalLong.empty()));
                    if (receipt.path("effective").asBoolean()) {
                        history.add(new ClusterHistory.Effective(now, change));
                    } else if (pending.size() < MOST_POLLED) {
                        pending.add(new Pending(change, authority, sequence, now));
                    }
                    return true;
                }
                case 421 -> {
                    // Not taken there, and never will be.
                    history.add(new ClusterHistory.Never(now, change));
                    other(authority);
                }
                case 503 -> {
                    // Nobody knows, or nobody takes changes.
                    other(authority);
                    rest();
                }
                default -> {
                    history.note("%s: %d %s".formatted(change, reply.statusCode(), reply.body()));
                    rest();
                }
            }
        } catch (IOException _) {
            other(authority);
            rest();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            ended = true;
        }
        return false;
    }

    static String name(int serial) {
        return "%06x".formatted(serial);
    }

    private void other(String authority) {
        List<String> all = CampaignCluster.AUTHORITIES;
        holder = all.get((all.indexOf(authority) + 1) % all.size());
    }

    private static void rest() {
        LockSupport.parkNanos(200_000_000L + ThreadLocalRandom.current().nextInt(100_000_000));
    }

    /// Asks when changes are effective.
    private void poll() {
        while (!ended) {
            LockSupport.parkNanos(POLL.toNanos());
            int count = pending.size();
            for (int i = 0; i < count && !ended; i++) {
                Pending next = pending.poll();
                if (next != null && !isEffective(next)) {
                    // After a minute an authority that was replaced has forgotten it.
                    if (history.now() - next.sinceNanos() < 60_000_000_000L) {
                        pending.add(next);
                    }
                }
            }
        }
    }

    /// The authority that took the last change, as far as known.
    String holder() {
        return holder;
    }

    /// Revokes a serial, and returns what the authority says.
    HttpResponse<String> post(int serial) throws IOException, InterruptedException {
        String change = "%s-%06x-%d".formatted(Kind.REVOKE, serial, changes.incrementAndGet());
        history.add(
                new ClusterHistory.Sent(history.now(), change, Kind.REVOKE, Set.of(name(serial))));
        return post(holder, "revocations", JSON_TYPE, revocation(serial));
    }

    private HttpResponse<String> post(String authority, String path, String type, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(cluster.api(authority).resolve("/v1/" + path))
                        .header("Content-Type", type)
                        .timeout(REQUEST)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /// Assigns serials without certificates. Not part of the history.
    void load(int first, int count) throws IOException, InterruptedException {
        StringBuilder csv = new StringBuilder("serial,status\n");
        for (int serial = first; serial < first + count; serial++) {
            csv.append(name(serial)).append(",good\n");
        }
        HttpResponse<String> reply =
                post(holder, "loads/csv?issuer=one", "text/csv", csv.toString());
        if (reply.statusCode() / 100 != 2) {
            throw new IOException("%d %s".formatted(reply.statusCode(), reply.body()));
        }
    }

    /// Revokes a serial, and blocks until that is durable; false if it is not known to be. Not part
    /// of the history.
    boolean revokeDurably(int serial) throws InterruptedException {
        try {
            HttpResponse<String> reply =
                    post(holder, "revocations?until=durable", JSON_TYPE, revocation(serial));
            return reply.statusCode() / 100 == 2;
        } catch (IOException _) {
            return false;
        }
    }

    /// @param place to ask, of an earlier reply
    boolean isEffective(String place) throws IOException, InterruptedException {
        HttpResponse<String> reply =
                http.send(
                        HttpRequest.newBuilder(cluster.api(holder).resolve(place))
                                .timeout(CONNECT)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return reply.statusCode() == 200
                && JSON.readTree(reply.body()).path("effective").asBoolean();
    }

    private boolean isEffective(Pending change) {
        try {
            HttpResponse<String> reply =
                    http.send(
                            HttpRequest.newBuilder(
                                            cluster.api(change.authority())
                                                    .resolve("/v1/changes/" + change.sequence()))
                                    .timeout(CONNECT)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (reply.statusCode() == 200
                    && JSON.readTree(reply.body()).path("effective").asBoolean()) {
                history.add(new ClusterHistory.Effective(history.now(), change.change()));
                return true;
            }
        } catch (IOException _) {
            // Asked again.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            ended = true;
        }
        return false;
    }

    /// Changes that were durable and are not known to be effective.
    int pending() {
        return pending.size();
    }

    /// Sends no more changes, and ends after those on their way.
    void stopWriting() throws InterruptedException {
        written = true;
        for (Thread thread : threads) {
            if (!thread.getName().equals(POLLER)) {
                thread.join(REQUEST.toMillis());
            }
        }
    }

    /// Ends after the requests on their way.
    @Override
    public void close() {
        ended = true;
        for (Thread thread : threads) {
            try {
                thread.join(REQUEST.toMillis());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        http.shutdownNow();
    }
}
