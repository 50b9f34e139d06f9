package org.precertocsp.responder.answer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.responder.answer.AnswerEvents.Layer;
import org.precertocsp.responder.answer.AnswerService.SingleFlight.Attempt;
import org.precertocsp.responder.answer.ResolvedRequest.ReadAhead;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.status.ChangeEpochs.Mark;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SingleResponseContent;

/// Answers a request from the first layer that can: memory ([AnswerCache]), disk ([StoredAnswers]),
/// a new signature ([LiveAnswers]). Thread-safe. May block on store and key, so it is never called
/// on an event loop; requests that need neither are answered there by [FastAnswerLookup].
///
/// # Why no answer is stale
///
/// Invariant 4: once a change is acknowledged, no later answer contradicts it. This needs no lock
/// and no eviction. The store counts changes per serial (`ChangeEpochs`): a count advances after
/// the change is durable and before it is acknowledged. An attempt to answer begins with the
/// *marks*, the counts of the serials requested, and only then reads their statuses. If the marks
/// are still current when the answer is about to be returned, no change was acknowledged in
/// between, however long reading and signing took. If they are not, the attempt is made again from
/// the first layer: this loop is the only one. An answer in memory carries its mark, and is
/// returned only while that is current.
///
/// Concurrent requests for the same CertID share one attempt ([SingleFlight]). The mark is that of
/// the attempt, not of the request: a request that joined late, after a change was acknowledged,
/// sees that the shared mark is outdated, and tries again.
///
/// Requests for several certificates, and those whose nonce is repeated, are each answered
/// separately: one signature covers the whole response, so that no part of it can come from memory
/// or disk, and no other request can share it.
public final class AnswerService implements ResponseSource {
    private final AnswerContext shared;
    private final AnswerCache<?> cache;
    private final StoredAnswers stored;
    private final LiveAnswers live;
    private final SingleFlight flights;
    private final AnswerEvents events;

    /// @param patience how long a request waits for another's signature
    public AnswerService(
            AnswerContext shared,
            AnswerCache<?> cache,
            ResponseStore responses,
            Duration patience,
            AnswerEvents events) {
        this.shared = shared;
        this.cache = cache;
        this.stored = new StoredAnswers(responses);
        this.live = new LiveAnswers(shared, events.unassigned());
        this.flights = new SingleFlight(patience, shared.config().retryAfter());
        this.events = events;
    }

    /// As for a client that requests one certificate and sends no nonce.
    public Answer answer(CertId certId, Instant arrival) {
        OcspRequest query = new OcspRequest(List.of(certId), Optional.empty());
        return answer(shared.issuers().resolve(query, arrival));
    }

    @Override
    public Answer answer(ResolvedRequest request) {
        if (request.issuer().isEmpty()) {
            return new Answer.NotOurs(request.whyNotOurs());
        }
        ServedIssuer issuer = request.issuer().get();
        boolean shareable = isShareable(request);
        events.reached().accept(Layer.MEMORY);
        while (true) {
            Attempt attempt =
                    shareable ? sharedAttempt(request, issuer) : attempt(request, issuer, false);
            // Also without a signature: an edge gets none for a status that has changed.
            if (attempt.isCurrent()) {
                return attempt.answer();
            }
        }
    }

    /// As long as nothing changes, the first attempt to answer each of them reads nothing more. A
    /// failure is left to that attempt.
    @Override
    public void readAhead(List<ResolvedRequest> requests) {
        List<ResolvedRequest> single =
                requests.stream().filter(it -> it.size() == 1 && it.issuer().isPresent()).toList();
        List<Mark> marks = new ArrayList<>(single.size());
        List<SerialKey> serials = new ArrayList<>(single.size());
        List<ResponseKey> keys = new ArrayList<>(single.size());
        for (ResolvedRequest request : single) {
            SerialKey serial = request.serial(0).orElseThrow();
            marks.add(shared.epochs().mark(serial));
            serials.add(serial);
            if (isStorable(request)) {
                keys.add(request.responseKey());
            }
        }
        MonotonicClock.TimeRange asOf = shared.clock().range();
        try {
            List<Optional<StatusRecord>> records = shared.statuses().findAll(serials);
            Iterator<Optional<StoredResponse>> responses = stored.findAll(keys).iterator();
            for (int i = 0; i < single.size(); i++) {
                ResolvedRequest request = single.get(i);
                request.readAhead(
                        new ReadAhead(
                                marks.get(i),
                                asOf,
                                records.get(i),
                                isStorable(request) ? responses.next() : Optional.empty()));
            }
        } catch (StoreException _) {
            // Each request reads for itself, and reports what fails.
        }
    }

    private boolean isShareable(ResolvedRequest request) {
        return request.size() == 1 && !shared.config().repeatsNonce(request.nonce());
    }

    private boolean isStorable(ResolvedRequest request) {
        return isShareable(request)
                && request.issuer().filter(it -> it.presign() != PresignMode.NONE).isPresent();
    }

    private Attempt sharedAttempt(ResolvedRequest request, ServedIssuer issuer) {
        Answer.Served cached = cache.find(request.key(), shared.clock().range());
        return cached != null
                ? new Attempt(cached, List.of())
                : flights.share(request.key(), () -> attempt(request, issuer, true));
    }

    private Attempt attempt(ResolvedRequest request, ServedIssuer issuer, boolean shareable) {
        ReadAhead ahead = request.takeReadAhead();
        List<Mark> marks = ahead == null ? request.marks(shared.epochs()) : List.of(ahead.mark());
        MonotonicClock.TimeRange asOf = ahead == null ? shared.clock().range() : ahead.asOf();
        try {
            events.reached().accept(Layer.DISK);
            List<StatusLookupResult> findings = findings(request, issuer, ahead);
            Attempt attempt =
                    new Attempt(
                            isStorable(request)
                                    ? storedOrLive(
                                            request,
                                            issuer,
                                            findings,
                                            asOf,
                                            marks.getFirst(),
                                            ahead)
                                    : live(request, issuer, findings, asOf),
                            marks);
            if (shareable
                    && attempt.answer() instanceof Answer.Served served
                    && attempt.isCurrent()) {
                cache.put(request.key(), served, marks.getFirst());
            }
            return attempt;
        } catch (StoreException e) {
            return new Attempt(new Answer.Failed(String.valueOf(e.getMessage())), marks);
        }
    }

    private Answer storedOrLive(
            ResolvedRequest request,
            ServedIssuer issuer,
            List<StatusLookupResult> findings,
            MonotonicClock.TimeRange asOf,
            Mark mark,
            @Nullable ReadAhead ahead) {
        ResponseKey key = request.responseKey();
        events.requested().accept(key);
        if (!(findings.getFirst() instanceof StatusLookupResult.Known(CertStatus status))) {
            return live(request, issuer, findings, asOf);
        }
        Optional<StoredResponse> response = ahead == null ? stored.find(key) : ahead.response();
        Optional<Answer.Served> found = stored.served(response, status, asOf, issuer.caching());
        if (found.isPresent()) {
            return found.get();
        }
        Answer answer = live(request, issuer, findings, asOf);
        if (mark.isCurrent()) {
            stored.keep(key, status, answer);
        }
        return answer;
    }

    private Answer live(
            ResolvedRequest request,
            ServedIssuer issuer,
            List<StatusLookupResult> findings,
            MonotonicClock.TimeRange asOf) {
        events.reached().accept(Layer.SIGNER);
        return live.answer(request, issuer, findings, asOf);
    }

    /// The current statuses in the store, in the order requested.
    ///
    /// @throws StoreException the store could not be read
    private List<StatusLookupResult> findings(
            ResolvedRequest request, ServedIssuer issuer, @Nullable ReadAhead ahead) {
        List<StatusLookupResult> findings = new ArrayList<>(request.size());
        for (int i = 0; i < request.size(); i++) {
            Optional<StatusRecord> record =
                    ahead == null
                            ? request.serial(i).flatMap(shared.statuses()::find)
                            : ahead.record();
            findings.add(
                    record.isEmpty()
                            ? new StatusLookupResult.Unassigned()
                            : StatusLookupResult.of(record.get(), issuer.profile()));
        }
        return findings;
    }

    /// The layer on disk: responses signed before, assembled again.
    ///
    /// A response is served while its status equals the current record (invariant 4) and its
    /// renewal is not due (invariant 5). A response signed for a client is stored, if the issuer's
    /// responses are.
    static final class StoredAnswers {
        private final ResponseStore responses;

        StoredAnswers(ResponseStore responses) {
            this.responses = responses;
        }

        /// @throws StoreException the store could not be read
        Optional<StoredResponse> find(ResponseKey key) {
            return responses.find(key);
        }

        /// @throws StoreException the store could not be read
        List<Optional<StoredResponse>> findAll(List<ResponseKey> keys) {
            return responses.findAll(keys);
        }

        /// The response as it is served, if it may be.
        ///
        /// @param status the current record
        Optional<Answer.Served> served(
                Optional<StoredResponse> response,
                CertStatus status,
                MonotonicClock.TimeRange now,
                CacheHints.Policy caching) {
            return response.filter(kept -> kept.status().equals(status))
                    .filter(kept -> now.isIn(kept.window()))
                    .filter(kept -> now.earliest().isBefore(RenewalDeadline.of(kept.window())))
                    .map(kept -> assemble(kept, caching.of(kept.key().serial().serial())));
        }

        private static Answer.Served assemble(StoredResponse kept, CacheHints hints) {
            SignedResponse response =
                    kept.essence()
                            .template()
                            .assemble(
                                    new SingleResponseContent(kept.key().certId(), kept.status()),
                                    kept.window(),
                                    kept.essence().signature());
            return new Answer.Served(response, RenewalDeadline.of(kept.window()), hints);
        }

        /// @param status in the answer
        void keep(ResponseKey key, CertStatus status, Answer answer) {
            if (answer instanceof Answer.Served(SignedResponse response, Instant _, CacheHints _)
                    && response.essence().isPresent()) {
                responses.keep(
                        new StoredResponse(
                                key, status, response.window(), response.essence().get()));
            }
        }
    }

    /// Lets concurrent requests for one response share one attempt to answer. Thread-safe.
    static final class SingleFlight {
        /// An answer, and the state it depends on.
        ///
        /// @param marks taken before the statuses in it were read; none if it was checked already
        record Attempt(Answer answer, List<Mark> marks) {
            /// False if a change may have been acknowledged since the statuses were read.
            boolean isCurrent() {
                for (Mark mark : marks) {
                    if (!mark.isCurrent()) {
                        return false;
                    }
                }
                return true;
            }
        }

        private final ConcurrentMap<CertIdKey, CompletableFuture<Attempt>> underWay =
                new ConcurrentHashMap<>();
        private final Duration patience;
        private final Duration retryAfter;

        /// @param patience how long a request waits for another's attempt; longer than a signature
        ///   may take
        /// @param retryAfter sent to those that waited in vain
        SingleFlight(Duration patience, Duration retryAfter) {
            this.patience = patience;
            this.retryAfter = retryAfter;
        }

        /// Makes the attempt, or waits for one in progress. A change may have been acknowledged
        /// since that one began, so the caller must check whether it is current.
        Attempt share(CertIdKey key, Supplier<Attempt> make) {
            CompletableFuture<Attempt> own = new CompletableFuture<>();
            CompletableFuture<Attempt> other = underWay.putIfAbsent(key, own);
            return other == null ? lead(key, own, make) : follow(other);
        }

        private Attempt lead(
                CertIdKey key, CompletableFuture<Attempt> own, Supplier<Attempt> make) {
            Attempt attempt;
            try {
                attempt = make.get();
            } catch (RuntimeException | Error e) {
                underWay.remove(key, own);
                own.completeExceptionally(e);
                throw e;
            }
            // Before it is completed: a waiting request that tries again must not find it here.
            underWay.remove(key, own);
            own.complete(attempt);
            return attempt;
        }

        private Attempt follow(CompletableFuture<Attempt> other) {
            try {
                return other.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException _) {
                return busy("the signature others wait for did not come in " + patience);
            } catch (ExecutionException e) {
                throw new IllegalStateException("the answer others wait for failed", e.getCause());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return busy("interrupted while waiting for another's answer");
            }
        }

        private Attempt busy(String why) {
            return new Attempt(new Answer.Busy(retryAfter, why), List.of());
        }
    }

    /// The last layer: signs the answer now.
    ///
    /// A request for several certificates is answered whole (RP-04): if at least one serial is
    /// assigned, the unassigned ones beside it are `unknown`, since one response cannot be partly
    /// `unauthorized`, and the answer is not cached.
    static final class LiveAnswers {
        private final AnswerConfig config;
        private final MonotonicClock clock;
        private final UnassignedSerialListener watch;

        /// @param watch receives the unassigned serials
        LiveAnswers(AnswerContext shared, UnassignedSerialListener watch) {
            this.config = shared.config();
            this.clock = shared.clock();
            this.watch = watch;
        }

        /// @param findings for each item of the request
        /// @param asOf the time before they were read
        Answer answer(
                ResolvedRequest request,
                ServedIssuer issuer,
                List<StatusLookupResult> findings,
                MonotonicClock.TimeRange asOf) {
            boolean anyKnown = false;
            boolean anyUnknown = false;
            for (StatusLookupResult finding : findings) {
                switch (finding) {
                    case StatusLookupResult.Known _ -> anyKnown = true;
                    case StatusLookupResult.Unassigned _ -> anyUnknown = true;
                    case StatusLookupResult.Announced _ -> {
                        return new Answer.Busy(
                                config.retryAfter(),
                                "announced, its precertificate not yet signed");
                    }
                }
            }
            if (anyUnknown) {
                reportUnassigned(request, findings);
            }
            if (!anyKnown && config.unassigned() == AnswerConfig.Unassigned.UNAUTHORIZED) {
                return new Answer.NotOurs("unassigned serial");
            }
            try {
                return sign(request, issuer, findings, asOf, anyUnknown);
            } catch (UntrustedClockException e) {
                return new Answer.Busy(config.retryAfter(), "CLOCK: " + e.getMessage());
            } catch (SignerUnavailableException e) {
                return new Answer.Busy(config.retryAfter(), e.reason() + ": " + e.getMessage());
            }
        }

        private Answer sign(
                ResolvedRequest request,
                ServedIssuer issuer,
                List<StatusLookupResult> findings,
                MonotonicClock.TimeRange asOf,
                boolean anyUnknown)
                throws SignerUnavailableException {
            // An unknown serial may be assigned at any moment, so the answer has the shortest
            // permitted validity.
            Duration validity = anyUnknown ? issuer.profile().minValidity() : issuer.validity();
            Optional<Nonce> nonce =
                    config.repeatsNonce(request.nonce()) ? request.nonce() : Optional.empty();
            ResponseContent content =
                    new ResponseContent(
                            singles(request, findings),
                            clock.window(asOf, validity),
                            nonce,
                            issuer.profile().retentionPastExpiry(),
                            request.arrival());
            boolean once = anyUnknown || nonce.isPresent();
            boolean shareable = !once && request.size() == 1;
            SignedResponse response =
                    (shareable ? issuer.signer() : issuer.singleUse()).sign(content);
            if (!asOf.isIn(response.window()) && !clock.range().isIn(response.window())) {
                // Shortened to the expiry of a certificate, which has passed if the later time is
                // right. One that an authority signed may begin after the request.
                throw new UntrustedClockException(
                        "it may be after " + response.window().nextUpdate());
            }
            if (once) {
                return new Answer.ServedOnce(response, !anyUnknown);
            }
            return new Answer.Served(
                    response,
                    RenewalDeadline.of(response.window()),
                    issuer.caching().of(request.certId(0).serial()));
        }

        private static List<SingleResponseContent> singles(
                ResolvedRequest request, List<StatusLookupResult> findings) {
            List<SingleResponseContent> singles = new ArrayList<>(findings.size());
            for (int i = 0; i < findings.size(); i++) {
                CertStatus status =
                        findings.get(i) instanceof StatusLookupResult.Known(CertStatus known)
                                ? known
                                : new CertStatus.Unknown();
                singles.add(new SingleResponseContent(request.certId(i), status));
            }
            return singles;
        }

        private void reportUnassigned(ResolvedRequest request, List<StatusLookupResult> findings) {
            for (int i = 0; i < findings.size(); i++) {
                Optional<SerialKey> serial = request.serial(i);
                if (findings.get(i) instanceof StatusLookupResult.Unassigned
                        && serial.isPresent()) {
                    byte[] content = serial.get().serial().content().toArray();
                    watch.asked(serial.get().issuer(), content, 0, content.length);
                }
            }
        }
    }

    /// The store's record for one CertID in a request.
    sealed interface StatusLookupResult {
        /// A definitive status for an assigned serial (SS-01).
        record Known(CertStatus status) implements StatusLookupResult {}

        /// Chosen, but not yet carried by a signed precertificate: neither good nor unassigned.
        record Announced() implements StatusLookupResult {}

        /// No record, or an unknown issuer.
        record Unassigned() implements StatusLookupResult {}

        static StatusLookupResult of(StatusRecord record, IssuerProfile profile) {
            return StatusMapper.of(record, profile)
                    .<StatusLookupResult>map(Known::new)
                    .orElseGet(Announced::new);
        }
    }
}
