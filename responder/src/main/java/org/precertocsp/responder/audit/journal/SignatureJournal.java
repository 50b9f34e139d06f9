package org.precertocsp.responder.audit.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.audit.log.AuditLog;
import org.precertocsp.responder.audit.log.LogSettings;
import org.precertocsp.responder.audit.record.Line;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignerUnavailable;
import org.precertocsp.signer.SigningJournal;
import org.precertocsp.signer.SingleAnswer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal of all signatures (LG-01). Signing threads leave theirs in [Pending] before the
/// answer goes out; one thread brings them to disk, many in one record. Thread-safe.
///
/// Where nothing can be written, the ring fills, and from then on signatures are withheld: every
/// one given out has a record.
public final class SignatureJournal implements SigningJournal, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignatureJournal.class);

    static final String SIGNATURES = "SIGNATURES";

    /// Of one record: some 350 KB.
    private static final int BATCH = 4_096;

    private static final long REST_NANOS = 20_000_000;
    private static final long FLUSH_NANOS = 250_000_000;
    private static final long RETRY_NANOS = 1_000_000_000;
    private static final long CLOSE_MILLIS = 10_000;

    private final AuditLog log;
    private final AuditTrail trail;
    private final Path file;
    private final Pending pending;
    private final Thread writer;
    private final AtomicLong upTo;
    private volatile boolean closing;

    private SignatureJournal(
            AuditLog log, AuditTrail trail, Path file, Pending pending, AtomicLong upTo) {
        this.log = log;
        this.trail = trail;
        this.file = file;
        this.pending = pending;
        this.upTo = upTo;
        this.writer = Thread.ofPlatform().name("signing-journal").daemon().unstarted(this::run);
    }

    /// Opens the journal, and takes up what a process that died left on the way to it.
    ///
    /// @param settings of its log, given what files carry over to the next
    /// @param trail where credentials taken up are recorded
    /// @param file where signatures wait; gone after a clean end
    /// @throws AuditFailure it cannot be opened
    public static SignatureJournal open(
            Function<Supplier<Map<String, Object>>, LogSettings> settings,
            AuditTrail trail,
            Path file) {
        AtomicLong upTo = new AtomicLong();
        AuditLog log =
                AuditLog.open(
                        settings.apply(() -> Map.of("upTo", upTo.get())),
                        line -> replay(line, upTo));
        try {
            List<Pending.Sequenced> left = Pending.left(file, upTo.get());
            if (!left.isEmpty()) {
                LOG.warn("{} signatures of a process that died are journalled now", left.size());
                write(log, left, upTo, true);
            }
            Pending pending = Pending.begin(file, upTo.get());
            SignatureJournal journal = new SignatureJournal(log, trail, file, pending, upTo);
            journal.writer.start();
            return journal;
        } catch (IOException e) {
            log.close();
            throw new AuditFailure(file + " cannot be used for signatures: " + e, e);
        }
    }

    private static void replay(Line line, AtomicLong upTo) {
        if (line.kind().equals(SIGNATURES) || line.kind().equals("SEGMENT")) {
            long last = line.tree().path("upTo").asLong();
            upTo.accumulateAndGet(last, Math::max);
        }
    }

    @Override
    public Page open(ResponderCredential credential) {
        Octets key =
                HashAlgorithm.SHA256.hash(Octets.of(credential.key().publicKey().getEncoded()));
        Octets issuer = credential.issuers().getFirst().key().keyHash(HashAlgorithm.SHA256);
        Map<String, String> details = new HashMap<>();
        details.put("keySha256", key.toHex());
        details.put("issuerKeySha256", issuer.toHex());
        details.put("key", credential.key().description());
        details.put("profile", credential.profile().name());
        details.put("until", credential.end().toString());
        trail.record(
                new AuditEvent(
                        AuditEvent.Kind.KEY_USE,
                        "precert-ocsp",
                        Map.of("keySha256", key.toHex(), "what", "a trial signature")));
        trail.record(new AuditEvent(AuditEvent.Kind.CREDENTIAL, "precert-ocsp", details));
        return (content, window, signature) -> take(key, issuer, content, window, signature);
    }

    private void take(
            Octets key,
            Octets issuer,
            ResponseContent content,
            ValidityWindow window,
            Octets signature)
            throws SignerUnavailable {
        int count = content.answers().size();
        long sequence = closing ? 0 : pending.claim(count);
        if (sequence == 0) {
            throw new SignerUnavailable(
                    SignerUnavailable.Cause.UNRECORDED,
                    closing
                            ? "the signing journal has been closed"
                            : "the signing journal cannot be written; see the log");
        }
        for (SingleAnswer answer : content.answers()) {
            pending.put(
                    sequence++,
                    new Entry(
                            key,
                            issuer,
                            answer.certId().serial().content(),
                            letter(answer.status()),
                            window.thisUpdate().getEpochSecond(),
                            window.nextUpdate().getEpochSecond(),
                            signature));
        }
    }

    private static char letter(CertStatus status) {
        return switch (status) {
            case CertStatus.Good _ -> 'g';
            case CertStatus.Revoked _ -> 'r';
            case CertStatus.Unknown _ -> 'u';
        };
    }

    private void run() {
        long lastFlush = System.nanoTime();
        while (true) {
            boolean ending = closing;
            long waiting = pending.waiting();
            boolean due =
                    ending || waiting >= BATCH || System.nanoTime() - lastFlush >= FLUSH_NANOS;
            List<Pending.Sequenced> batch = waiting > 0 && due ? waiting() : List.of();
            if (!batch.isEmpty()) {
                lastFlush = System.nanoTime();
                if (!flush(batch) && ending) {
                    return;
                }
            } else if (ending) {
                return;
            } else {
                LockSupport.parkNanos(REST_NANOS);
            }
        }
    }

    private List<Pending.Sequenced> waiting() {
        List<Pending.Sequenced> batch = new ArrayList<>();
        while (batch.size() < BATCH) {
            Optional<Pending.Sequenced> next = pending.peek(batch.size());
            if (next.isEmpty()) {
                break;
            }
            batch.add(next.get());
        }
        return batch;
    }

    private boolean flush(List<Pending.Sequenced> batch) {
        try {
            write(log, batch, upTo, false);
            pending.taken(batch.size());
            return true;
        } catch (AuditFailure e) {
            LOG.error("signatures are withheld soon: {}", e.getMessage());
            LockSupport.parkNanos(RETRY_NANOS);
            return false;
        }
    }

    private static void write(
            AuditLog log, List<Pending.Sequenced> batch, AtomicLong upTo, boolean recovered) {
        Map<List<Octets>, SignatureLines> byKey = new LinkedHashMap<>();
        for (Pending.Sequenced one : batch) {
            byKey.computeIfAbsent(
                            List.of(one.entry().key(), one.entry().issuer()),
                            _ -> new SignatureLines())
                    .add(one.entry());
        }
        long last = batch.getLast().sequence();
        byKey.forEach(
                (key, lines) -> {
                    Map<String, Object> record = new HashMap<>(lines.fields());
                    record.put("keySha256", key.getFirst().toHex());
                    record.put("issuerKeySha256", key.getLast().toHex());
                    record.put("upTo", last);
                    if (recovered) {
                        record.put("recovered", true);
                    }
                    log.append(SIGNATURES, record);
                });
        upTo.set(last);
        log.seal();
    }

    /// For the monitor and the verifier.
    public AuditLog log() {
        return log;
    }

    /// Brings what waits to disk. Signatures made from now on are withheld.
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(CLOSE_MILLIS);
            log.close();
            if (!writer.isAlive() && pending.peek(0).isEmpty()) {
                Files.deleteIfExists(file);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("{} could not be deleted: {}", file, e.toString());
        }
    }
}
