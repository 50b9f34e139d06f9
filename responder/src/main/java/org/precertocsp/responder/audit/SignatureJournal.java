package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SigningJournal;
import org.precertocsp.signer.SingleResponseContent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal of all signatures (LG-01). Signing threads put theirs into [SignatureRingBuffer]
/// before the answer is sent; one thread writes them to disk, many in one record. Thread-safe.
///
/// If nothing can be written, the ring fills, and from then on signatures are withheld, so that
/// every signature released has a record. The first failure already raises an alert.
///
/// The log records when the ring was created and when it was finally emptied. So a start knows
/// whether a ring must exist; one that is missing, older than the log, or damaged is an incident:
/// up to a second's released signatures may have no record.
public final class SignatureJournal implements SigningJournal, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignatureJournal.class);

    static final String SIGNATURES = "SIGNATURES";

    /// The ring was created.
    static final String JOURNAL_OPENED = "JOURNAL_OPENED";

    /// Everything in the ring was written to the log.
    static final String JOURNAL_CLOSED = "JOURNAL_CLOSED";

    /// Signatures may be missing; contains why.
    static final String SIGNATURES_LOST = "SIGNATURES_LOST";

    /// Slots of one record: some 350 KB.
    private static final int BATCH = 4_096;

    private static final Duration REST = Duration.ofMillis(20);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /// Probes, which are never sent to clients and survive a crash, may wait to be written
    /// together.
    private static final long PROBES_NANOS = TimeUnit.MINUTES.toNanos(10);

    /// A slot that was claimed is filled in less than a microsecond.
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int FILLED = SignatureRingBuffer.SLOTS / 4 * 3;
    private static final int EMPTIED = SignatureRingBuffer.SLOTS / 2;
    private static final ByteString ZERO = ByteString.of((byte) 0);

    private final AuditLog log;
    private final AuditTrail trail;
    private final Alarm alarm;
    private final Path file;
    private final SignatureRingBuffer pending;
    private final Past past;
    private final Supplier<Optional<String>> refusal;
    private final BackgroundTasks.Task writer;
    private volatile boolean closing;

    /// True once there is more than probes to write.
    private volatile boolean urgent;

    private volatile Optional<String> stuck = Optional.empty();

    // Used by the writer thread only.
    private long lastFlush = System.nanoTime();
    private long lastProgress = System.nanoTime();
    private boolean backlogged;

    /// The state derived from earlier records; every file begins with it.
    private static final class Past {
        private long upTo;
        private long begun;
        private boolean open;

        synchronized Map<String, Object> carried() {
            return Map.of("upTo", upTo, "begun", begun, "open", open);
        }

        synchronized void replay(AuditRecord line) {
            switch (line.kind()) {
                case "SEGMENT" -> {
                    upTo = Math.max(upTo, line.tree().path("upTo").asLong());
                    begun = line.tree().path("begun").asLong();
                    open = line.tree().path("open").asBoolean(false);
                }
                case SIGNATURES -> upTo = Math.max(upTo, line.whole("upTo"));
                case JOURNAL_OPENED -> {
                    begun = line.tree().path("upTo").asLong();
                    open = true;
                }
                case JOURNAL_CLOSED -> open = false;
                default -> {
                    // Other kinds do not concern the ring.
                }
            }
        }

        synchronized long upTo() {
            return upTo;
        }

        synchronized void wrote(long last) {
            upTo = last;
        }

        synchronized void opened(boolean is) {
            begun = upTo;
            open = is;
        }

        /// Why the ring found is not the one that was left behind, or empty.
        synchronized Optional<String> wrong(Path file, Optional<SignatureRingBuffer.Left> left) {
            if (left.isPresent() && left.get().damaged() > 0) {
                return Optional.of(
                        "%d places of %s are not what was written there"
                                .formatted(left.get().damaged(), file));
            }
            if (!open) {
                return Optional.empty();
            }
            if (left.isEmpty()) {
                return Optional.of(
                        file + " is gone, though the server before did not stop cleanly");
            }
            return upTo > begun && left.get().last() < upTo
                    ? Optional.of(file + " is older than the log: it was put back")
                    : Optional.empty();
        }
    }

    private SignatureJournal(
            AuditLog log,
            Past past,
            SignatureRingBuffer pending,
            AuditLogConfig settings,
            AuditTrail trail,
            Path file,
            Supplier<Optional<String>> refusal) {
        this.log = log;
        this.past = past;
        this.pending = pending;
        this.alarm = settings.alarm();
        this.trail = trail;
        this.file = file;
        this.refusal = refusal;
        this.writer = settings.tasks().required().thread("signing-journal", this::round);
    }

    /// As below, without a reason to refuse signatures.
    public static SignatureJournal open(
            Function<Supplier<Map<String, Object>>, AuditLogConfig> settings,
            AuditTrail trail,
            Path file) {
        return open(settings, trail, file, Optional::empty);
    }

    /// Opens the journal, and records the signatures that a process left in the ring when it died.
    ///
    /// @param settings returns the log's settings, given the fields that each new file carries over
    /// @param trail records lost signatures, and each credential that is taken into use
    /// @param file the ring; deleted after a clean shutdown
    /// @param refusal why no signature may be made now, or empty; called for every signature
    /// @throws AuditException it cannot be opened
    public static SignatureJournal open(
            Function<Supplier<Map<String, Object>>, AuditLogConfig> settings,
            AuditTrail trail,
            Path file,
            Supplier<Optional<String>> refusal) {
        return open(settings, trail, file, refusal, AuditLog.OnDamage.BEGIN_ANEW);
    }

    /// @param onDamage what to do with a journal that was modified or damaged
    /// @throws AuditException it cannot be opened
    public static SignatureJournal open(
            Function<Supplier<Map<String, Object>>, AuditLogConfig> settings,
            AuditTrail trail,
            Path file,
            Supplier<Optional<String>> refusal,
            AuditLog.OnDamage onDamage) {
        Past past = new Past();
        AuditLogConfig own = settings.apply(past::carried);
        AuditLog log = AuditLog.open(own, past::replay, onDamage);
        try {
            recover(log, past, own, trail, file);
            SignatureRingBuffer pending = SignatureRingBuffer.begin(file, past.upTo());
            past.opened(true);
            log.record(JOURNAL_OPENED, List.of(Map.of("upTo", past.upTo())));
            return new SignatureJournal(log, past, pending, own, trail, file, refusal);
        } catch (IOException e) {
            log.close();
            throw new AuditException(file + " cannot be used for signatures: " + e, e);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private static void recover(
            AuditLog log, Past past, AuditLogConfig settings, AuditTrail trail, Path file)
            throws IOException {
        Optional<SignatureRingBuffer.Left> left = SignatureRingBuffer.left(file, past.upTo());
        Optional<String> wrong = past.wrong(file, left);
        List<SignatureRingBuffer.Sequenced> entries =
                left.map(SignatureRingBuffer.Left::entries).orElse(List.of());
        if (!entries.isEmpty()) {
            LOG.warn("{} signatures of a process that died are journalled now", entries.size());
            long last = entries.getLast().sequence();
            log.record(SIGNATURES, records(entries, last, true));
            past.wrote(last);
        }
        if (wrong.isPresent()) {
            lost(log, settings, trail, wrong.get());
        }
        if (left.isPresent() || wrong.isPresent()) {
            // Recorded before the ring is deleted: from here on no ring is expected.
            past.opened(false);
            log.record(JOURNAL_CLOSED, List.of(Map.of("upTo", past.upTo())));
        }
    }

    private static void lost(AuditLog log, AuditLogConfig settings, AuditTrail trail, String why) {
        LOG.error("signatures may be missing in the journal: {}", why);
        log.record(SIGNATURES_LOST, List.of(Map.of("why", why)));
        trail.record(
                new AuditEvent(
                        AuditEvent.Kind.STATE_LOST,
                        "precert-ocsp",
                        Map.of("log", settings.origin(), "why", why)));
        settings.alarm()
                .raise(
                        new Incident(
                                Incident.Kind.STATE_LOST,
                                settings.origin(),
                                "Signatures that were given out may have no record: %s. Find out who"
                                                .formatted(why)
                                        + " or what touched it. The answers themselves are good,"
                                        + " and the journal goes on."));
    }

    @Override
    public Page open(ResponderCredential credential) {
        ByteString key =
                HashAlgorithm.SHA256.hash(ByteString.of(credential.key().publicKey().getEncoded()));
        ByteString issuer = credential.issuers().getFirst().key().keyHash(HashAlgorithm.SHA256);
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
            ByteString key,
            ByteString issuer,
            ResponseContent content,
            ValidityWindow window,
            ByteString signature)
            throws SignerUnavailableException {
        Optional<String> why = refusal.get();
        if (why.isPresent()) {
            throw unrecorded(why.get());
        }
        SignatureEntry entry =
                new SignatureEntry(
                        key,
                        issuer,
                        said(content.answers()),
                        window.thisUpdate().getEpochSecond(),
                        window.nextUpdate().getEpochSecond(),
                        signature);
        SignatureRingBuffer.Slots slots = new SignatureRingBuffer.Slots(entry);
        long first = pending.claim(slots.count());
        if (first == 0) {
            throw unrecorded(
                    closing
                            ? "the signing journal has been closed"
                            : "the signing journal cannot be written; see the log");
        }
        pending.put(first, slots);
        if (!urgent && !entry.isProbe()) {
            urgent = true;
        }
    }

    private static SignerUnavailableException unrecorded(String why) {
        return new SignerUnavailableException(SignerUnavailableException.Cause.UNRECORDED, why);
    }

    private static List<SignatureEntry.Said> said(List<SingleResponseContent> answers) {
        if (answers.size() == 1) {
            return List.of(said(answers.getFirst()));
        }
        return answers.stream().map(SignatureJournal::said).toList();
    }

    private static SignatureEntry.Said said(SingleResponseContent answer) {
        ByteString serial = answer.certId().serial().content();
        char letter = letter(answer.status());
        return new SignatureEntry.Said(
                serial, letter == 'u' && serial.equals(ZERO) ? SignatureEntry.PROBE : letter);
    }

    private static char letter(CertStatus status) {
        return switch (status) {
            case CertStatus.Good _ -> 'g';
            case CertStatus.Revoked _ -> 'r';
            case CertStatus.Unknown _ -> 'u';
        };
    }

    private Duration round() {
        long now = System.nanoTime();
        long waiting = pending.waiting();
        reportBacklog(waiting);
        if (waiting == 0) {
            lastProgress = now;
            return REST;
        }
        long rest = urgent ? FLUSH_NANOS : PROBES_NANOS;
        if (waiting < BATCH && now - lastFlush < rest) {
            lastProgress = now;
            return REST;
        }
        lastFlush = now;
        urgent = false;
        boolean flushed = false;
        try {
            flushed = flush();
        } catch (AuditException _) {
            // The log has reported it.
            return RETRY;
        } finally {
            urgent |= !flushed;
        }
        if (flushed) {
            lastProgress = now;
            stuck = Optional.empty();
            // If signatures arrive faster than that, the next batch is due at once.
            return pending.waiting() >= BATCH ? Duration.ZERO : REST;
        }
        // Claimed, but not filled yet.
        if (now - lastProgress > STUCK_NANOS && stuck.isEmpty()) {
            stuck = Optional.of("a signature that was begun is never finished: restart the server");
            raise(stuck.get());
        }
        return REST;
    }

    /// @return false if the next slot is not complete
    /// @throws AuditException nothing was recorded, and all is still there
    private boolean flush() {
        SignatureRingBuffer.Batch batch = pending.peek(BATCH);
        if (batch.count() == 0) {
            return false;
        }
        long last = pending.lastTaken() + batch.count();
        if (!batch.entries().isEmpty()) {
            log.record(SIGNATURES, records(batch.entries(), last, false));
        }
        past.wrote(last);
        pending.taken(batch.count());
        return true;
    }

    private record SigningKeyName(ByteString key, ByteString issuer) {}

    /// One record for each key. Only the last contains the number up to which all are present, so
    /// that a crash between two of them loses none.
    private static List<Map<String, Object>> records(
            List<SignatureRingBuffer.Sequenced> batch, long last, boolean recovered) {
        Map<SigningKeyName, SignatureRecordBuilder> byKey = new LinkedHashMap<>();
        for (SignatureRingBuffer.Sequenced one : batch) {
            byKey.computeIfAbsent(
                            new SigningKeyName(one.entry().key(), one.entry().issuer()),
                            _ -> new SignatureRecordBuilder())
                    .add(one.entry());
        }
        List<Map<String, Object>> records = new ArrayList<>();
        byKey.forEach(
                (key, lines) -> {
                    Map<String, Object> record = new HashMap<>(lines.fields());
                    record.put("keySha256", key.key().toHex());
                    record.put("issuerKeySha256", key.issuer().toHex());
                    if (recovered) {
                        record.put("recovered", true);
                    }
                    records.add(record);
                });
        records.getLast().put("upTo", last);
        return records;
    }

    private void reportBacklog(long waiting) {
        if (!backlogged && waiting >= FILLED) {
            backlogged = true;
            raise(
                    "%d signatures wait for the disk: it is too slow or fails; beyond %d they are withheld"
                            .formatted(waiting, SignatureRingBuffer.SLOTS));
        } else if (backlogged && waiting < EMPTIED) {
            backlogged = false;
            alarm.end(Incident.Kind.AUDIT_FAILED, "signing-journal");
        }
    }

    private void raise(String what) {
        LOG.error("signing journal: {}", what);
        alarm.raise(new Incident(Incident.Kind.AUDIT_FAILED, "signing-journal", what));
    }

    /// Why signatures are withheld, or soon will be; empty if they are not. Never blocks.
    public Optional<String> problem() {
        return refusal.get()
                .or(log::problem)
                .or(() -> stuck)
                .or(
                        () ->
                                pending.waiting() >= FILLED
                                        ? Optional.of("too many signatures wait for the disk")
                                        : Optional.empty());
    }

    /// Copies the journal's files with every signature that was released before the call; see
    /// [AuditLog#copyFiles].
    ///
    /// @throws IOException they cannot be copied, or the journal is not written
    public AuditLog.Copy copyFiles(Path target) throws IOException {
        long upTo = pending.lastClaimed();
        long end = System.nanoTime() + STUCK_NANOS;
        while (pending.lastTaken() < upTo) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("the signature journal is not written; see the log");
            }
            urgent = true;
            LockSupport.parkNanos(REST.toNanos());
        }
        return log.copyFiles(target);
    }

    /// Records in the journal of a copy that it was restored. The ring belongs to the server that
    /// was copied, so none is expected.
    ///
    /// @throws AuditException it cannot be recorded
    static void restored(
            Function<Supplier<Map<String, Object>>, AuditLogConfig> settings,
            Map<String, String> details) {
        Past past = new Past();
        try (AuditLog log =
                AuditLog.open(
                        settings.apply(past::carried), past::replay, AuditLog.OnDamage.REFUSE)) {
            past.opened(false);
            log.record(AuditEvent.Kind.RESTORED.name(), List.of(Map.of("details", details)));
            log.record(JOURNAL_CLOSED, List.of(Map.of("upTo", past.upTo())));
        }
    }

    /// For the monitor and the verifier.
    public AuditLog log() {
        return log;
    }

    /// Writes waiting signatures to disk. Signatures made from now on are withheld.
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        pending.shut();
        writer.close();
        boolean empty = false;
        try {
            empty = writer.join(Duration.ZERO) && flushAll();
            if (empty) {
                past.opened(false);
                log.record(JOURNAL_CLOSED, List.of(Map.of("upTo", past.upTo())));
            }
        } finally {
            log.close();
        }
        if (empty) {
            delete();
        }
    }

    private boolean flushAll() {
        long end = System.nanoTime() + CLOSE_NANOS;
        while (pending.waiting() > 0) {
            if (!flush()) {
                if (System.nanoTime() - end > 0) {
                    LOG.warn("signatures still being made are left to the next start");
                    return false;
                }
                LockSupport.parkNanos(REST.toNanos());
            }
        }
        return true;
    }

    private void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} could not be deleted: {}", file, e.toString());
        }
    }

    /// Collects signatures of one key for one record: strings that `grep` finds by their serial,
    /// `SERIAL STATUS THISUPDATE NEXTUPDATE SIGNATURE`, and `SERIAL STATUS` again for each further
    /// serial of the same response. Serials and signatures are hexadecimal; only the first 16 bytes
    /// of a signature are included; times are seconds since 1970. Not thread-safe.
    static final class SignatureRecordBuilder {
        private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] GOOD = ascii(" good");
        private static final byte[] REVOKED = ascii(" revoked");
        private static final byte[] UNKNOWN = ascii(" unknown");
        private static final byte[] PROBE = ascii(" probe");

        /// More than quotes, times and signature take.
        private static final int MOST_BYTES = 128;

        /// More than a serial and its status take.
        private static final int MOST_SAID_BYTES = 64;

        private byte[] text = new byte[1024];
        private int length;
        private int count;
        private long from = Long.MAX_VALUE;
        private long to = Long.MIN_VALUE;

        // Of the entry before: those signed in one second have both in common.
        private long lastAt = Long.MIN_VALUE;
        private long lastUntil;
        private byte[] lastTimes = {};

        SignatureRecordBuilder() {
            text[length++] = '[';
        }

        void add(SignatureEntry entry) {
            ensure(MOST_BYTES + entry.said().size() * MOST_SAID_BYTES);
            if (count++ > 0) {
                text[length++] = ',';
            }
            text[length++] = '"';
            add(entry.said().getFirst());
            add(times(entry.at(), entry.until()));
            hex(entry.signature());
            for (SignatureEntry.Said further : entry.said().subList(1, entry.said().size())) {
                text[length++] = ' ';
                add(further);
            }
            text[length++] = '"';
            from = Math.min(from, entry.at());
            to = Math.max(to, entry.at());
        }

        private void add(SignatureEntry.Said said) {
            hex(said.serial());
            add(
                    switch (said.status()) {
                        case 'g' -> GOOD;
                        case 'r' -> REVOKED;
                        case SignatureEntry.PROBE -> PROBE;
                        default -> UNKNOWN;
                    });
        }

        private byte[] times(long at, long until) {
            if (at != lastAt || until != lastUntil) {
                lastAt = at;
                lastUntil = until;
                lastTimes = ascii(" " + at + " " + until + " ");
            }
            return lastTimes;
        }

        private void add(byte[] ascii) {
            System.arraycopy(ascii, 0, text, length, ascii.length);
            length += ascii.length;
        }

        private void hex(ByteString bytes) {
            for (int i = 0; i < bytes.length(); i++) {
                int b = bytes.at(i);
                text[length++] = HEX[b >> 4 & 0xf];
                text[length++] = HEX[b & 0xf];
            }
        }

        private void ensure(int more) {
            if (text.length - length < more) {
                text = Arrays.copyOf(text, Math.max(2 * text.length, length + more));
            }
        }

        private static byte[] ascii(String word) {
            return word.getBytes(StandardCharsets.US_ASCII);
        }

        Map<String, Object> fields() {
            ensure(1);
            text[length] = ']';
            return Map.of(
                    "count", count,
                    "from", from,
                    "to", to,
                    "signatures",
                            new CanonicalJson.Ready(
                                    new String(text, 0, length + 1, StandardCharsets.ISO_8859_1)));
        }
    }
}
