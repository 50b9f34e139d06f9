package org.precertocsp.responder.cluster.answers;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.StatusMapper;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.cluster.answers.AnswerReply.Item;
import org.precertocsp.responder.cluster.answers.AnswerReply.Reason;
import org.precertocsp.responder.logging.RateLimitedLogger;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.RejectedRequest;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.ResponseRecord;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SingleResponseContent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the misses of edges, at an authority: from memory, from disk, or with a new signature,
/// as for a client. Thread-safe.
///
/// All edges and all batches share one [AnswerService], so requests for one response at the same
/// time cost one signature, wherever they come from; those that come later find it in memory or on
/// disk. Each CertID is answered on a platform thread of a pool, since store and key end in native
/// calls. CertIDs beyond the queue are answered [Reason#BUSY] at once.
public final class AuthorityAnswers implements AutoCloseable {
    /// CertIDs in a batch.
    public static final int MAX_KEYS = 64;

    /// Bytes of a batch: those CertIDs with SHA-512, and room.
    public static final int MAX_BYTES = 16 << 10;

    /// How often an answer is compared with the record it was made from, while that changes.
    private static final int TRIES = 3;

    private static final Logger LOG = LoggerFactory.getLogger(AuthorityAnswers.class);
    private static final RateLimitedLogger FAILED = new RateLimitedLogger(LOG);

    private final OcspRequestDecoder decoder = new OcspRequestDecoder(new RequestLimits(MAX_KEYS));
    private final AnswerService answers;
    private final IssuerDirectory issuers;
    private final StatusReader statuses;
    private final LongSupplier sequence;
    private final InstantSource clock;
    private final ThreadPoolExecutor threads;
    private final Map<ByteString, ResponseTemplate> templates = new ConcurrentHashMap<>();
    private final LongAdder signed = new LongAdder();
    private final LongAdder unsigned = new LongAdder();

    /// Threads for CertIDs.
    ///
    /// @param threads as many as processors compute, and as many as may wait for tokens
    /// @param mostWaiting CertIDs, of all edges
    public record Limits(int threads, int mostWaiting) {}

    /// @param answers the authority's own; it and `issuers` read `statuses`
    /// @param sequence the log's, applied to `statuses`
    public AuthorityAnswers(
            AnswerService answers,
            IssuerDirectory issuers,
            StatusReader statuses,
            LongSupplier sequence,
            Limits limits,
            InstantSource clock) {
        this.answers = answers;
        this.issuers = issuers;
        this.statuses = statuses;
        this.sequence = sequence;
        this.clock = clock;
        this.threads =
                new ThreadPoolExecutor(
                        limits.threads(),
                        limits.threads(),
                        1,
                        TimeUnit.MINUTES,
                        new ArrayBlockingQueue<>(limits.mostWaiting()),
                        Thread.ofPlatform().daemon().name("edge-answer-", 0).factory());
        this.threads.allowCoreThreadTimeOut(true);
    }

    /// Answers a batch. Blocks until each of its CertIDs is answered, as long as a signature may
    /// take.
    ///
    /// @param body an OCSPRequest for up to [#MAX_KEYS] CertIDs; a nonce in it is ignored
    /// @return the bytes of an [AnswerReply]
    /// @throws InvalidBatchException the body is something else
    public byte[] answer(byte[] body) throws InvalidBatchException, InterruptedException {
        List<CertId> certIds =
                switch (decoder.decode(body)) {
                    case OcspRequest request -> request.certIds();
                    case RejectedRequest(var error, String why) ->
                            throw new InvalidBatchException(
                                    "expected an OCSPRequest for 1 to %d CertIDs: %s"
                                            .formatted(MAX_KEYS, why));
                };
        Instant arrival = clock.instant();
        List<Future<Answered>> all = new ArrayList<>(certIds.size());
        for (CertId certId : certIds) {
            all.add(submit(certId, arrival));
        }
        List<Answered> done = new ArrayList<>(all.size());
        for (Future<Answered> one : all) {
            done.add(result(one));
        }
        // Afterwards: it must not be before any change that an answer states.
        return encode(done, sequence.getAsLong());
    }

    /// The template with that ID, if a reply named it.
    public Optional<ByteString> template(ByteString id) {
        return Optional.ofNullable(templates.get(id)).map(ResponseTemplate::encoded);
    }

    /// The sequence up to which this authority has applied the log.
    public long sequence() {
        return sequence.getAsLong();
    }

    /// CertIDs answered with a response since the start.
    public long withResponse() {
        return signed.sum();
    }

    /// CertIDs answered without a response since the start.
    public long withoutResponse() {
        return unsigned.sum();
    }

    /// CertIDs that are being answered, or wait for a thread.
    public int inProgress() {
        return threads.getQueue().size() + threads.getActiveCount();
    }

    private sealed interface Answered {
        record With(StoredResponse response) implements Answered {}

        record Without(Reason reason) implements Answered {}
    }

    private Future<Answered> submit(CertId certId, Instant arrival) {
        FutureTask<Answered> task = new FutureTask<>(() -> answer(certId, arrival));
        try {
            threads.execute(task);
            return task;
        } catch (RejectedExecutionException _) {
            FutureTask<Answered> busy = new FutureTask<>(() -> new Answered.Without(Reason.BUSY));
            busy.run();
            return busy;
        }
    }

    private static Answered result(Future<Answered> one) throws InterruptedException {
        try {
            return one.get();
        } catch (ExecutionException e) {
            LOG.error("an edge's CertID could not be answered", e.getCause());
            return new Answered.Without(Reason.FAILED);
        } catch (CancellationException _) {
            return new Answered.Without(Reason.BUSY);
        }
    }

    private Answered answer(CertId certId, Instant arrival) {
        Optional<ServedIssuer> issuer = issuers.of(certId);
        if (issuer.isEmpty()) {
            return new Answered.Without(Reason.NOT_SERVED);
        }
        SerialKey serial = new SerialKey(issuer.get().key(), certId.serial());
        ResponseKey key = new ResponseKey(serial, certId.hashAlgorithm(), certId.parameters());
        try {
            for (int tries = 0; tries < TRIES; tries++) {
                Optional<StatusRecord> record = statuses.find(serial);
                if (record.isEmpty()) {
                    return new Answered.Without(Reason.UNASSIGNED);
                }
                Optional<CertStatus> status = StatusMapper.of(record.get(), issuer.get().profile());
                if (status.isEmpty()) {
                    return new Answered.Without(Reason.ANNOUNCED);
                }
                switch (answers.answer(certId, arrival)) {
                    case Answer.Served(SignedResponse response, Instant _, var _) -> {
                        Optional<StoredResponse> stored = stored(key, status.get(), response);
                        if (stored.isPresent()) {
                            return new Answered.With(stored.get());
                        }
                        // The status changed meanwhile: read it again.
                    }
                    case Answer.Busy(Duration _, String why) -> {
                        LOG.debug("no response for an edge: {}", why);
                        return new Answered.Without(Reason.BUSY);
                    }
                    case Answer.Failed(String why) -> {
                        FAILED.warn("no response for an edge: " + why);
                        return new Answered.Without(Reason.FAILED);
                    }
                    case Answer.NotOurs _, Answer.ServedOnce _ -> {
                        // As above.
                    }
                }
            }
            return new Answered.Without(Reason.BUSY);
        } catch (StoreException e) {
            FAILED.warn("no response for an edge: " + e.getMessage());
            return new Answered.Without(Reason.FAILED);
        }
    }

    /// The response without what can be recomputed; empty if it states another status. So nothing
    /// is sent that would not be assembled into what was signed.
    private static Optional<StoredResponse> stored(
            ResponseKey key, CertStatus status, SignedResponse response) {
        return response.essence()
                .filter(
                        it ->
                                it.template()
                                        .assemble(
                                                new SingleResponseContent(key.certId(), status),
                                                response.window(),
                                                it.signature())
                                        .der()
                                        .equals(response.der()))
                .map(it -> new StoredResponse(key, status, response.window(), it));
    }

    private byte[] encode(List<Answered> answered, long judgedAt) {
        Map<ByteString, Integer> numbers = new LinkedHashMap<>();
        List<Item> items = new ArrayList<>(answered.size());
        for (Answered one : answered) {
            items.add(
                    switch (one) {
                        case Answered.With(StoredResponse response) -> {
                            ResponseTemplate template = response.essence().template();
                            templates.putIfAbsent(template.id(), template);
                            int next = numbers.size();
                            Integer number =
                                    Objects.requireNonNull(
                                            numbers.computeIfAbsent(template.id(), _ -> next));
                            signed.increment();
                            yield new Item.Signed(ResponseRecord.of(response, 0, number));
                        }
                        case Answered.Without(Reason reason) -> {
                            unsigned.increment();
                            yield new Item.Unsigned(reason);
                        }
                    });
        }
        return new AnswerReply(judgedAt, List.copyOf(numbers.keySet()), items).encode();
    }

    /// Interrupts calls under way, and ends those that wait as busy.
    @Override
    public void close() {
        for (Runnable waiting : threads.shutdownNow()) {
            if (waiting instanceof Future<?> task) {
                task.cancel(true);
            }
        }
    }
}
