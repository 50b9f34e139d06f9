package org.precertocsp.responder.cluster.answers;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StatusMapper;
import org.precertocsp.responder.cluster.answers.AnswerReply.Item;
import org.precertocsp.responder.cluster.answers.AnswerReply.Reason;
import org.precertocsp.responder.cluster.answers.AuthorityClient.Ask;
import org.precertocsp.responder.cluster.answers.AuthorityClient.Outcome;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.ResponseRecord;
import org.precertocsp.signer.IssuerCertificate;
import org.precertocsp.signer.ReceivedResponseCheck;
import org.precertocsp.signer.ReceivedResponseCheck.RejectedTemplateException;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SignerUnavailableException.Cause;
import org.precertocsp.signer.SingleResponseContent;

/// An edge's signer of one issuer: requests the response of an authority. Thread-safe.
///
/// To the answer service this is a key that is far away. It belongs inside a
/// [org.precertocsp.signer.BoundedSigner], whose permits are the edge's waiting clients. It does
/// wait for something outside this process, but never longer than the patience of
/// [AuthorityClient.Settings], so that it runs on the caller's thread ([#mayHang] is false). So an
/// endpoint needs a thread for each miss that may wait, and answers each request on its own, as
/// with a token. It is not for renewals: an authority answers with the response that it has, and a
/// queue of renewals would ask for the same one again and again.
///
/// # What is believed
///
/// A response is returned only if it is the answer to the CertID requested, verifies with the CA's
/// certificates, is valid now, and states the status that this edge's store states. Otherwise the
/// next authority is asked.
///
/// If only the status differs, one of the two nodes is behind. The reply has the sequence of the
/// log at which it was judged. If this edge has applied less, it waits until it has applied as
/// much, and gives up with an exception that is no failure of the authority: the answer service
/// notices that the status has changed, and begins again. If the edge has applied more, the
/// authority is behind. If both have applied the same, they contradict each other. That must never
/// be (K7): nothing is served, and if it is still so a second later, an alert tells it.
public final class RemoteSigner implements ResponseSigner {
    /// How long to wait for a log that is behind: more than that is not the usual lag.
    private static final Duration LAG = Duration.ofSeconds(1);

    /// How far an authority's clock may be ahead.
    private static final Duration AHEAD = Duration.ofSeconds(1);

    private static final int MOST_CHECKS = 64;
    private static final int MOST_CONTRADICTIONS = 256;

    private record Contradiction(String authority, CertId certId) {}

    /// What this edge knows.
    ///
    /// @param statuses of this edge's store
    /// @param position up to which the log is in that store
    /// @param clock of this edge
    public record Knowledge(StatusReader statuses, LogPosition position, MonotonicClock clock) {}

    private final AuthorityClient authorities;
    private final List<IssuerCertificate> issuers;
    private final IssuerProfile profile;
    private final Knowledge edge;
    private final Map<ByteString, ReceivedResponseCheck> checks = new ConcurrentHashMap<>();
    private final Map<Contradiction, Long> contradictions = new ConcurrentHashMap<>();
    private final LongAdder behind = new LongAdder();

    /// @param issuers the CA's certificates, one name and key
    public RemoteSigner(
            AuthorityClient authorities,
            List<IssuerCertificate> issuers,
            IssuerProfile profile,
            Knowledge edge) {
        this.authorities = authorities;
        this.issuers = List.copyOf(issuers);
        this.profile = profile;
        this.edge = edge;
    }

    /// A wait here ends with the client's patience.
    @Override
    public boolean mayHang() {
        return false;
    }

    /// Responses that stated another status than this edge, since one of the nodes was behind.
    public long behind() {
        return behind.sum();
    }

    /// Requests the response.
    ///
    /// @throws SignerUnavailableException no authority gave one that can be served; also for a
    ///   request that only a key could answer: several CertIDs, or a nonce
    @Override
    public SignedResponse sign(ResponseContent content) throws SignerUnavailableException {
        if (content.answers().size() > 1 || content.nonce().isPresent()) {
            throw new SignerUnavailableException(
                    Cause.NO_KEY,
                    "an edge has no key for an answer to several CertIDs or with a nonce");
        }
        SingleResponseContent wanted = content.answers().getFirst();
        try (Ask ask = ask(wanted.certId())) {
            return answered(ask, wanted);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SignerUnavailableException(
                    Cause.DEADLINE, "interrupted while waiting for an authority", e);
        }
    }

    private Ask ask(CertId certId) throws SignerUnavailableException {
        Optional<Ask> ask = authorities.ask(certId);
        if (ask.isEmpty()) {
            throw new SignerUnavailableException(
                    Cause.QUEUE_FULL, "as many CertIDs wait for authorities as may");
        }
        return ask.get();
    }

    /// What an outcome comes to.
    private sealed interface Verdict {
        record Serve(SignedResponse response) implements Verdict {}

        /// @param cause if no other authority has anything better
        record Next(Cause cause, String why) implements Verdict {}
    }

    private SignedResponse answered(Ask ask, SingleResponseContent wanted)
            throws SignerUnavailableException, InterruptedException {
        List<String> said = new ArrayList<>();
        Cause cause = Cause.KEY_FAILED;
        do {
            Outcome outcome = ask.take();
            if (outcome == null) {
                said.add("no reply in " + authorities.patience());
                break;
            }
            switch (verdict(ask, outcome, wanted)) {
                case Verdict.Serve(SignedResponse response) -> {
                    return response;
                }
                case Verdict.Next(Cause why, String text) -> {
                    said.add(text);
                    cause = why;
                }
            }
        } while (ask.another());
        throw new SignerUnavailableException(
                cause, "no authority gave a response: " + String.join("; ", said));
    }

    private Verdict verdict(Ask ask, Outcome outcome, SingleResponseContent wanted)
            throws InterruptedException, SignerUnavailableException {
        return switch (outcome) {
            case Outcome.Failed(String why) -> new Verdict.Next(Cause.KEY_FAILED, why);
            case Outcome.Replied replied ->
                    switch (replied.item()) {
                        case Item.Unsigned(Reason reason) -> unsigned(ask, replied, reason, wanted);
                        case Item.Signed(ResponseRecord record) ->
                                signed(
                                        ask,
                                        replied,
                                        record,
                                        replied.template().orElseThrow(),
                                        wanted);
                    };
        };
    }

    private Verdict unsigned(
            Ask ask, Outcome.Replied replied, Reason reason, SingleResponseContent wanted)
            throws InterruptedException, SignerUnavailableException {
        String name = replied.from().name();
        return switch (reason) {
            case ANNOUNCED, UNASSIGNED ->
                    differs(ask, replied, wanted, "has it %s".formatted(reason));
            case BUSY -> new Verdict.Next(Cause.QUEUE_FULL, name + ": its key is busy or fails");
            case FAILED -> new Verdict.Next(Cause.KEY_FAILED, name + ": its store failed");
            case NOT_SERVED ->
                    new Verdict.Next(
                            Cause.KEY_FAILED,
                            name + ": it does not answer for this issuer, see its configuration");
        };
    }

    private Verdict signed(
            Ask ask,
            Outcome.Replied replied,
            ResponseRecord record,
            ByteString templateId,
            SingleResponseContent wanted)
            throws InterruptedException, SignerUnavailableException {
        ResponseKey key = key(wanted.certId());
        if (!record.isOf(key)) {
            return disbelieved(
                    replied,
                    "asked about serial %s, it answered about %s"
                            .formatted(key.serial().serial(), record.serial()));
        }
        ResponseTemplate template;
        ReceivedResponseCheck check;
        try {
            template = authorities.template(replied.from(), templateId, Math.max(0, ask.left()));
            check = check(template);
        } catch (IOException e) {
            return new Verdict.Next(
                    Cause.KEY_FAILED, replied.from().name() + ": " + e.getMessage());
        } catch (RejectedTemplateException e) {
            return disbelieved(replied, "its credential: " + e.getMessage());
        }
        SingleResponseContent stated = new SingleResponseContent(wanted.certId(), record.status());
        Optional<String> problem = check.problem(stated, record.window(), record.signature());
        if (problem.isPresent()) {
            return disbelieved(replied, problem.get());
        }
        if (!isNow(ask, record)) {
            return disbelieved(
                    replied,
                    "it is valid from %s to %s, and it is %s here: see the clocks of both"
                            .formatted(
                                    record.window().thisUpdate(),
                                    record.window().nextUpdate(),
                                    edge.clock().instant()));
        }
        if (!record.status().equals(wanted.status())) {
            return differs(ask, replied, wanted, "states " + record.status());
        }
        contradictions.remove(new Contradiction(replied.from().name(), wanted.certId()));
        return new Verdict.Serve(template.assemble(stated, record.window(), record.signature()));
    }

    private ResponseKey key(CertId certId) {
        return new ResponseKey(
                new SerialKey(issuers.getFirst().key(), certId.serial()),
                certId.hashAlgorithm(),
                certId.parameters());
    }

    private ReceivedResponseCheck check(ResponseTemplate template)
            throws RejectedTemplateException {
        ReceivedResponseCheck known = checks.get(template.id());
        if (known != null) {
            return known;
        }
        ReceivedResponseCheck made =
                ReceivedResponseCheck.of(template, issuers, profile, edge.clock().instant());
        if (checks.size() >= MOST_CHECKS) {
            checks.clear();
        }
        checks.put(template.id(), made);
        return made;
    }

    /// Waits for its thisUpdate where the authority's clock is a little ahead.
    private boolean isNow(Ask ask, ResponseRecord record) throws InterruptedException {
        Duration until =
                Duration.between(edge.clock().range().earliest(), record.window().thisUpdate());
        if (until.isPositive()) {
            if (until.compareTo(AHEAD) > 0 || until.toNanos() > ask.left()) {
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(until.toNanos() + 1);
        }
        return edge.clock().range().isIn(record.window());
    }

    private static Verdict disbelieved(Outcome.Replied replied, String why) {
        replied.from().disbelieved(why);
        return new Verdict.Next(Cause.SIGNATURE_INVALID, replied.from().name() + ": " + why);
    }

    /// @param what the authority states instead
    private Verdict differs(
            Ask ask, Outcome.Replied replied, SingleResponseContent wanted, String what)
            throws InterruptedException, SignerUnavailableException {
        behind.increment();
        long sequence = replied.sequence();
        Duration wait = Duration.ofNanos(Math.clamp(ask.left(), 0, LAG.toNanos()));
        if (!edge.position().awaitApplied(sequence, wait)) {
            throw new SignerUnavailableException(
                    Cause.DEADLINE,
                    "this edge has applied the log up to %d, and authority %s answers as of %d"
                            .formatted(edge.position().applied(), replied.from().name(), sequence));
        }
        long applied = edge.position().applied();
        if (!wanted.status().equals(own(wanted.certId()))) {
            // The answer service reads the status again, and asks again.
            throw new SignerUnavailableException(
                    Cause.DEADLINE, "the status changed while an authority was asked");
        }
        String text =
                "it %s, and this edge has %s, at sequence %d of %d"
                        .formatted(what, wanted.status(), sequence, applied);
        boolean contradiction = applied == sequence && edge.position().applied() == applied;
        return contradiction && persists(replied.from().name(), wanted.certId())
                ? disbelieved(replied, text)
                : new Verdict.Next(Cause.DEADLINE, replied.from().name() + " is behind: " + text);
    }

    /// A change may be in a reply and not yet in its sequence, or the reverse, for a moment.
    private boolean persists(String authority, CertId certId) {
        if (contradictions.size() >= MOST_CONTRADICTIONS) {
            contradictions.clear();
        }
        long now = System.nanoTime();
        long first = contradictions.computeIfAbsent(new Contradiction(authority, certId), _ -> now);
        return now - first > LAG.toNanos();
    }

    private @Nullable CertStatus own(CertId certId) throws SignerUnavailableException {
        try {
            return edge.statuses()
                    .find(key(certId).serial())
                    .flatMap(it -> StatusMapper.of(it, profile))
                    .orElse(null);
        } catch (StoreException e) {
            throw new SignerUnavailableException(
                    Cause.DEADLINE, "the store failed: " + e.getMessage(), e);
        }
    }
}
