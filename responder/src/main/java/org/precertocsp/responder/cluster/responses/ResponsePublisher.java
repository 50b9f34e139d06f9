package org.precertocsp.responder.cluster.responses;

import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.renewal.DueRenewal;
import org.precertocsp.responder.renewal.RenewalQueue;
import org.precertocsp.responder.renewal.RenewalResult;
import org.precertocsp.responder.store.ResponseRecord;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.ResponseTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes what an authority signs and stores, from a thread of its own. Thread-safe.
///
/// Nobody ever waits for it. If the log cannot be reached, what was collected is kept and sent
/// later, up to a limit; beyond that responses are dropped and counted. They are in this
/// authority's store, and edges ask for them. After a minute the task fails, which is an alert.
public final class ResponsePublisher implements AutoCloseable {
    /// Since start.
    ///
    /// @param sent responses that the log has
    /// @param dropped responses that were not published, since too many waited
    /// @param waiting responses, now
    public record State(long sent, long dropped, int waiting) {}

    private static final Logger LOG = LoggerFactory.getLogger(ResponsePublisher.class);

    /// As many as a fast key signs in some seconds: some ten MiB.
    static final int CAPACITY = 16_384;

    /// Responses that are sent together: less than the clients' buffer.
    private static final int TOGETHER = 4_096;

    /// Responses collected so long share batches.
    private static final Duration COLLECT = Duration.ofMillis(250);

    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final String name;
    private final PrivateKey key;
    private final ResponseLog log;
    private final BooleanSupplier publishes;
    private final BlockingQueue<StoredResponse> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final LongAdder sent = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final AtomicInteger sending = new AtomicInteger();
    private final List<BackgroundTasks.Task> running = new ArrayList<>();

    // Of the thread that runs rounds.
    private List<ByteString> batches = List.of();
    private long failingSince;

    /// @param name of this authority
    /// @param key its cluster key
    /// @param publishes whether this authority is the one that does
    ResponsePublisher(String name, PrivateKey key, ResponseLog log, BooleanSupplier publishes) {
        this.name = name;
        this.key = key;
        this.log = log;
        this.publishes = publishes;
    }

    /// Starts to publish.
    ///
    /// @param key this node's cluster key
    /// @param log not closed by this object
    /// @param publishes whether this authority is the one that does
    public static ResponsePublisher start(
            ClusterConfig config,
            PrivateKey key,
            ResponseLog log,
            BooleanSupplier publishes,
            BackgroundTasks tasks) {
        ResponsePublisher publisher = new ResponsePublisher(config.name(), key, log, publishes);
        publisher.running.add(tasks.thread("cluster-responses", publisher::round));
        return publisher;
    }

    /// A store whose responses are published, too.
    public ResponseStore publishing(ResponseStore store) {
        return new ResponseStore() {
            @Override
            public Optional<StoredResponse> find(ResponseKey wanted) {
                return store.find(wanted);
            }

            @Override
            public List<Optional<StoredResponse>> findAll(List<ResponseKey> wanted) {
                return store.findAll(wanted);
            }

            @Override
            public void keep(StoredResponse response) {
                store.keep(response);
                publish(response);
            }
        };
    }

    /// A queue whose renewed responses are published, too, once they are written.
    public RenewalQueue publishing(RenewalQueue renewals) {
        return new RenewalQueue() {
            @Override
            public void presign(IssuerKey issuer, PresignMode presign) {
                renewals.presign(issuer, presign);
            }

            @Override
            public List<DueRenewal> due(IssuerKey issuer, Instant now, int limit) {
                return renewals.due(issuer, now, limit);
            }

            @Override
            public List<Instant> planned(IssuerKey issuer, Instant now, int limit) {
                return renewals.planned(issuer, now, limit);
            }

            @Override
            public void settle(IssuerKey issuer, List<RenewalResult> settled) {
                renewals.settle(issuer, settled);
                settled.forEach(it -> it.renewed().forEach(ResponsePublisher.this::publish));
            }
        };
    }

    /// Publishes a response soon. Never blocks.
    void publish(StoredResponse response) {
        if (!queue.offer(response)) {
            dropped.increment();
        }
    }

    public State state() {
        return new State(sent.sum(), dropped.sum(), queue.size() + sending.get());
    }

    /// Sends what has come, or waits for it a moment.
    ///
    /// @return how long to rest before the next round
    /// @throws IllegalStateException the log cannot be reached for long; the next round tries again
    Duration round() throws InterruptedException {
        if (batches.isEmpty()) {
            List<StoredResponse> collected = collect();
            // Asked here, since the answer may take a moment.
            if (collected.isEmpty() || !publishes.getAsBoolean()) {
                return Duration.ZERO;
            }
            sending.set(collected.size());
            batches = sign(collected);
        }
        try {
            log.append(batches);
        } catch (LogUnavailableException e) {
            return failed(String.valueOf(e.getMessage()));
        }
        failingSince = 0;
        sent.add(sending.getAndSet(0));
        batches = List.of();
        return Duration.ZERO;
    }

    private Duration failed(String why) {
        long now = System.nanoTime();
        if (failingSince == 0) {
            failingSince = now;
            LOG.warn("responses are not published to edges, which ask for them: {}", why);
        }
        if (now - failingSince > PATIENCE.toNanos()) {
            throw new IllegalStateException(
                    "responses are not published to edges, which ask for them: " + why);
        }
        return PAUSE;
    }

    private List<StoredResponse> collect() throws InterruptedException {
        List<StoredResponse> collected = new ArrayList<>();
        StoredResponse next = queue.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        long end = System.nanoTime() + COLLECT.toNanos();
        while (next != null) {
            collected.add(next);
            queue.drainTo(collected, TOGETHER - collected.size());
            next =
                    collected.size() >= TOGETHER
                            ? null
                            : queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        return collected;
    }

    private record Credential(IssuerKey issuer, ByteString template) {}

    private List<ByteString> sign(List<StoredResponse> responses) {
        Map<Credential, List<StoredResponse>> byCredential = new LinkedHashMap<>();
        for (StoredResponse response : responses) {
            byCredential
                    .computeIfAbsent(
                            new Credential(
                                    response.key().serial().issuer(),
                                    response.essence().template().id()),
                            _ -> new ArrayList<>())
                    .add(response);
        }
        List<ByteString> signed = new ArrayList<>();
        byCredential.forEach(
                (credential, some) ->
                        addBatches(
                                credential.issuer(),
                                some.getFirst().essence().template(),
                                some,
                                signed));
        return signed;
    }

    private void addBatches(
            IssuerKey issuer,
            ResponseTemplate template,
            List<StoredResponse> responses,
            List<ByteString> to) {
        ResponseBatch.IssuerHashes hashes = ResponseBatch.IssuerHashes.of(issuer);
        List<ResponseRecord> records = new ArrayList<>();
        int bytes = 0;
        for (StoredResponse response : responses) {
            int size = response.essence().signature().length() + ResponseBatch.RECORD_BYTES;
            if (!records.isEmpty()
                    && (records.size() == ResponseBatch.MAX_RESPONSES
                            || bytes + size > ResponseBatch.MAX_RESPONSE_BYTES)) {
                to.add(new ResponseBatch(name, hashes, template, records).sign(key));
                records = new ArrayList<>();
                bytes = 0;
            }
            records.add(ResponseRecord.of(response, 0, 0));
            bytes += size;
        }
        to.add(new ResponseBatch(name, hashes, template, records).sign(key));
    }

    /// What waits is dropped: edges ask for it.
    @Override
    public void close() {
        BackgroundTasks.closeAll(running);
    }
}
