package org.precertocsp.responder.cluster.responses;

import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.responses.ResponseBatch.IssuerHashes;
import org.precertocsp.responder.cluster.responses.ResponseBatch.Opened;
import org.precertocsp.responder.cluster.responses.ResponseLog.Tail;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.store.ReceivedResponses;
import org.precertocsp.responder.store.ResponseRecord;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.IssuerCertificate;
import org.precertocsp.signer.ReceivedResponseCheck;
import org.precertocsp.signer.ReceivedResponseCheck.RejectedTemplateException;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SingleResponseContent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the log of responses at an edge and writes those that it accepts to its store, with the
/// positions after them; and removes expired ones from there. [#round] is run by one thread,
/// [#removeExpired] by another; the rest is thread-safe.
///
/// It waits while the disk is nearly full, and while the store has no status of an issuer whose
/// responses come: they stay in the log meanwhile.
public final class ResponseFollower implements AutoCloseable {
    /// An issuer whose responses this edge stores.
    ///
    /// @param certificates the CA's, one name and key
    public record Issuer(List<IssuerCertificate> certificates, IssuerProfile profile) {
        public Issuer {
            certificates = List.copyOf(certificates);
        }

        IssuerKey key() {
            return certificates.getFirst().key();
        }
    }

    /// What became of a response.
    enum Fate {
        STORED,
        /// The store has it already, or a newer one.
        NOT_NEWER,
        EXPIRED,
        /// The batch must not be served: of its credential, or of the response that was verified.
        REJECTED,
        /// This edge stores none of that issuer.
        NOT_SERVED,
    }

    /// Since start.
    ///
    /// @param responses by what became of them
    /// @param forged records that no authority signed
    /// @param unreadable records that an authority signed, of a newer version of this program
    /// @param removed responses that expired in the store
    /// @param behind records of the log that were not read, as of the last look
    public record State(
            Map<String, Long> responses, long forged, long unreadable, long removed, long behind) {
        public State {
            responses = Map.copyOf(responses);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ResponseFollower.class);
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LOG_EVERY = Duration.ofMinutes(1);

    /// Responses of which one may be served still have some time; the clock may be wrong.
    private static final Duration EXPIRED_FOR = Duration.ofHours(1);

    /// How often some responses are looked at; each about once a day.
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

    private static final int LOOKS_A_DAY = 24 * 60;
    private static final int LEAST_LOOKED_AT = 10_000;
    private static final int LOOKED_AT_TOGETHER = 1_000;
    private static final int MOST_CHECKS = 256;

    private final ResponseLog log;
    private final Map<String, PublicKey> authorities;
    private final Map<IssuerHashes, Issuer> issuers = new HashMap<>();
    private final ReceivedResponses store;
    private final InstantSource clock;
    private final Alarm alarm;
    private final Map<Fate, LongAdder> fates = new EnumMap<>(Fate.class);
    private final LongAdder forged = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private final LongAdder removed = new LongAdder();
    private final List<BackgroundTasks.Task> running = new ArrayList<>();
    private volatile long behind;

    // Of the thread that runs rounds.
    private List<Long> offsets = List.of();
    private final Map<Template, Checked> checks = new HashMap<>();
    private final Map<String, Long> raised = new HashMap<>();
    private long logged = System.nanoTime() - LOG_EVERY.toNanos();

    private record Template(IssuerHashes issuer, ByteString id) {}

    /// @param check absent if nothing signed with that template may be served
    private record Checked(Optional<ReceivedResponseCheck> check, String problem) {}

    /// @param authorities their cluster keys by name
    /// @param clock of this edge
    ResponseFollower(
            ResponseLog log,
            Map<String, PublicKey> authorities,
            List<Issuer> issuers,
            ReceivedResponses store,
            InstantSource clock,
            Alarm alarm) {
        this.alarm = alarm;
        this.log = log;
        this.authorities = Map.copyOf(authorities);
        this.store = store;
        this.clock = clock;
        issuers.forEach(issuer -> this.issuers.put(IssuerHashes.of(issuer.key()), issuer));
        for (Fate fate : Fate.values()) {
            fates.put(fate, new LongAdder());
        }
    }

    /// Starts to read.
    ///
    /// @param log not closed by this object
    /// @param issuers whose responses are stored
    /// @param clock of this edge
    public static ResponseFollower start(
            ClusterConfig config,
            ResponseLog log,
            List<Issuer> issuers,
            ReceivedResponses store,
            InstantSource clock,
            BackgroundTasks tasks,
            Alarm alarm) {
        ResponseFollower follower =
                new ResponseFollower(log, config.authorityKeys(), issuers, store, clock, alarm);
        follower.running.add(tasks.thread("cluster-responses", follower::round));
        follower.running.add(
                tasks.every("expired-responses", LOOK_EVERY, LOOK_EVERY, follower::removeExpired));
        return follower;
    }

    public State state() {
        Map<String, Long> counts = new TreeMap<>();
        fates.forEach(
                (fate, count) ->
                        counts.put(
                                fate.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                                count.sum()));
        return new State(counts, forged(), unreadable.sum(), removed.sum(), behind);
    }

    /// Records that no authority signed.
    public long forged() {
        return forged.sum();
    }

    /// Reads and writes what has come, or waits for it for half a second.
    ///
    /// @return how long to rest before the next round
    /// @throws org.precertocsp.responder.status.StoreException the store failed; the next round
    ///   reads the same again
    Duration round() throws InterruptedException {
        Optional<String> full = store.full();
        if (full.isPresent()) {
            complain("no responses are received", full.get());
            return PAUSE;
        }
        if (offsets.isEmpty()) {
            offsets = store.positions();
            if (offsets.size() != ResponseLog.PARTITIONS) {
                offsets = ResponseLog.START;
            }
        }
        Tail tail;
        try {
            tail = log.tail(offsets, WAIT);
        } catch (LogUnavailableException e) {
            complain("no responses are received", String.valueOf(e.getMessage()));
            return PAUSE;
        }
        if (tail.next().equals(offsets)) {
            behind = tail.behind();
            return Duration.ZERO;
        }
        return write(tail) ? Duration.ZERO : PAUSE;
    }

    /// @return false if they can only be written later
    private boolean write(Tail tail) {
        Counts counts = new Counts();
        List<StoredResponse> accepted = new ArrayList<>();
        for (ByteString record : tail.records()) {
            switch (ResponseBatch.open(record, authorities)) {
                case Opened.Forged(String reason) -> {
                    counts.forged++;
                    complain("a record that no authority signed is ignored", reason);
                }
                case Opened.Unreadable(String writer, String reason) -> {
                    counts.unreadable++;
                    complain("responses of " + writer + " cannot be read", reason);
                }
                case Opened.Genuine(ResponseBatch batch) -> {
                    @Nullable Issuer issuer = issuers.get(batch.issuer());
                    if (issuer == null) {
                        counts.add(Fate.NOT_SERVED, batch.responses().size());
                    } else if (store.knows(issuer.key())) {
                        accept(batch, issuer, accepted, counts);
                    } else {
                        behind = tail.behind() + tail.records().size();
                        return false;
                    }
                }
            }
        }
        int written = store.write(accepted, tail.next());
        counts.add(Fate.STORED, written);
        counts.add(Fate.NOT_NEWER, accepted.size() - written);
        offsets = tail.next();
        behind = tail.behind();
        counts.publish();
        return true;
    }

    /// Counted once they are written: a round that fails is repeated.
    private final class Counts {
        private final Map<Fate, Integer> responses = new EnumMap<>(Fate.class);
        private int forged;
        private int unreadable;

        void add(Fate fate, int count) {
            responses.merge(fate, count, Integer::sum);
        }

        void publish() {
            ResponseFollower.this.forged.add(forged);
            ResponseFollower.this.unreadable.add(unreadable);
            responses.forEach(
                    (fate, count) -> {
                        @Nullable LongAdder all = fates.get(fate);
                        if (all != null) {
                            all.add(count);
                        }
                    });
        }
    }

    private void accept(
            ResponseBatch batch, Issuer issuer, List<StoredResponse> accepted, Counts counts) {
        Instant now = clock.instant();
        List<ResponseRecord> valid = new ArrayList<>();
        for (ResponseRecord response : batch.responses()) {
            if (response.window().nextUpdate().isAfter(now)) {
                valid.add(response);
            }
        }
        counts.add(Fate.EXPIRED, batch.responses().size() - valid.size());
        if (valid.isEmpty()) {
            // Its credential may have expired, too, which is no reason for an alert.
            return;
        }
        Checked checked = checked(batch, issuer);
        @Nullable ReceivedResponseCheck check = checked.check().orElse(null);
        Optional<String> problem =
                check == null
                        ? Optional.of(checked.problem())
                        : problem(valid.getFirst(), issuer, check);
        if (check == null || problem.isPresent()) {
            reject(batch, valid.size(), problem.orElse(checked.problem()), counts);
            return;
        }
        for (ResponseRecord response : valid) {
            Optional<String> wrong = check.windowProblem(response.window());
            if (wrong.isPresent()) {
                reject(batch, 1, wrong.get(), counts);
            } else {
                accepted.add(response.resolve(issuer.key(), batch.template()));
            }
        }
    }

    private void reject(ResponseBatch batch, int responses, String why, Counts counts) {
        counts.add(Fate.REJECTED, responses);
        long now = System.nanoTime();
        Long raisedAt = raised.get(batch.writer());
        if (raisedAt == null || now - raisedAt > LOG_EVERY.toNanos()) {
            raised.put(batch.writer(), now);
            alarm.raise(
                    new Incident(
                            Incident.Kind.AUTHORITY_DISBELIEVED,
                            "responses of " + batch.writer(),
                            ("Authority %s published responses that must not be served: %s. They"
                                            + " were not stored. Find out whether that node, or its"
                                            + " configuration, is what it should be.")
                                    .formatted(batch.writer(), why)));
        }
    }

    /// Of an authority's response the whole check.
    private static Optional<String> problem(
            ResponseRecord response, Issuer issuer, ReceivedResponseCheck check) {
        ResponseKey key =
                new ResponseKey(
                        new SerialKey(issuer.key(), response.serial()),
                        response.hash(),
                        response.parameters());
        return check.problem(
                new SingleResponseContent(key.certId(), response.status()),
                response.window(),
                response.signature());
    }

    private Checked checked(ResponseBatch batch, Issuer issuer) {
        ResponseTemplate template = batch.template();
        Template key = new Template(batch.issuer(), template.id());
        @Nullable Checked known = checks.get(key);
        if (known != null) {
            return known;
        }
        Checked made;
        try {
            made =
                    new Checked(
                            Optional.of(
                                    ReceivedResponseCheck.of(
                                            template,
                                            issuer.certificates(),
                                            issuer.profile(),
                                            clock.instant())),
                            "");
        } catch (RejectedTemplateException e) {
            // Not remembered: whether a certificate is valid depends on the time.
            return new Checked(Optional.empty(), String.valueOf(e.getMessage()));
        }
        if (checks.size() >= MOST_CHECKS) {
            checks.clear();
        }
        checks.put(key, made);
        return made;
    }

    private void complain(String what, String why) {
        long now = System.nanoTime();
        if (now - logged > LOG_EVERY.toNanos()) {
            logged = now;
            LOG.warn("{}: {}", what, why);
        }
    }

    /// Looks at some of the responses stored, and removes those that have expired.
    void removeExpired() {
        Instant time = clock.instant().minus(EXPIRED_FOR);
        long left = Math.max(LEAST_LOOKED_AT, store.size() / LOOKS_A_DAY);
        while (left > 0) {
            removed.add(store.removeExpired(time, LOOKED_AT_TOGETHER));
            left -= LOOKED_AT_TOGETHER;
        }
    }

    @Override
    public void close() {
        BackgroundTasks.closeAll(running);
    }
}
