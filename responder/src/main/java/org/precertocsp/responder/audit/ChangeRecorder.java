package org.precertocsp.responder.audit;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.status.CallerIdentity;
import org.precertocsp.responder.status.ChangeListener;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreException;

/// Records every change of status in the audit log, on disk, before it takes effect (invariant 6).
/// Thread-safe; sets are processed one after the other.
///
/// The store commits a [CommitMark] together with each set, and the log has the same mark. If a set
/// failed, or the process crashed between record and effect, the mark in the store tells whether
/// the set took effect nevertheless. If not, it is recorded as void before anything else changes.
public final class ChangeRecorder implements ChangeListener {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MARK_BYTES = 32;

    private final AuditEventLog events;

    public ChangeRecorder(AuditEventLog events) {
        this.events = events;
    }

    @Override
    public SetListener begin(ChangeSet set, ChangeSource source) {
        guarded(() -> settle(set));
        return new RecordedSet(set, source);
    }

    /// Determines whether the previous set took effect. Sets of earlier processes were settled when
    /// store and log were opened ([StoreRecovery]).
    private void settle(ChangeSet set) {
        Optional<CommitMark> last = events.lastCommitted();
        if (last.isEmpty() || value(set.get(new StateKey.NewestCommit())).equals(value(last))) {
            return;
        }
        if (!events.isLastFailed()) {
            throw new StoreException(
                    "the store does not have the newest set of changes, which was acknowledged"
                            + " (record"
                            + " %d of the audit log). Stop the server and run: precert-ocsp audit"
                                    .formatted(last.get().set())
                            + " replay",
                    null);
        }
        events.voided(last.get().set(), "the store did not take it");
    }

    private static Optional<ByteString> value(Optional<CommitMark> mark) {
        return mark.map(CommitMark::value);
    }

    private static void guarded(Runnable recording) {
        try {
            recording.run();
        } catch (AuditException e) {
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
    }

    /// One set. Records are written while the set grows, so that memory use does not depend on its
    /// size; its commit waits once for the disk.
    ///
    /// The records of a large set are encoded, hashed and written by a thread of its own while the
    /// next changes are decided: otherwise a load would take a fifth longer. At most one list of
    /// changes waits for it.
    private final class RecordedSet implements SetListener {
        /// So many changes at once come from a file, of which more will follow.
        private static final int MANY = 1 << 10;

        private final ChangeSet set;
        private final ChangeSource source;
        private final Map<IssuerKey, ChangeRecordCodec> gathered = new LinkedHashMap<>();
        private final long withdrawals;
        private final Map<String, String> attribution;
        private long number = -1;
        private long changes;

        // Nearly all changes of a set are of one issuer.
        private @Nullable IssuerKey lastIssuer;
        private ChangeRecordCodec lastLines = new ChangeRecordCodec();

        // Present once the set is large. Uses the fields above until the changes handed to it are
        // written.
        private @Nullable ExecutorService writer;
        private Future<?> written = CompletableFuture.completedFuture(null);

        RecordedSet(ChangeSet set, ChangeSource source) {
            this.set = set;
            this.source = source;
            this.withdrawals = events.withdrawals();
            // Captured here, since the caller may let another thread write.
            this.attribution = CallerIdentity.fields();
        }

        @Override
        public void applied(List<StatusChange> all, List<ChangeOutcome> outcomes) {
            guarded(
                    () -> {
                        awaitWritten();
                        if (writer == null && all.size() >= MANY) {
                            writer =
                                    Executors.newSingleThreadExecutor(
                                            Thread.ofPlatform().name("audit-write").factory());
                        }
                        if (writer == null) {
                            takeAll(all, outcomes);
                        } else {
                            written = writer.submit(() -> takeAll(all, outcomes));
                        }
                    });
        }

        /// @throws AuditException the changes handed over could not be recorded
        private void awaitWritten() {
            try {
                written.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof AuditException failed) {
                    throw failed;
                }
                throw new IllegalStateException("a change could not be recorded", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AuditException("interrupted while changes were recorded", e);
            }
        }

        private void takeAll(List<StatusChange> all, List<ChangeOutcome> outcomes) {
            for (int i = 0; i < all.size(); i++) {
                take(all.get(i), outcomes.get(i));
            }
        }

        private void take(StatusChange change, ChangeOutcome outcome) {
            if (ChangeRecordCodec.isEffective(outcome)) {
                IssuerKey issuer = change.key().issuer();
                ChangeRecordCodec lines = lines(issuer);
                lines.add(change, outcome);
                changes++;
                if (lines.isFull()) {
                    write(issuer, lines);
                }
            }
        }

        // An equal but different key object only takes the slower path.
        @SuppressWarnings("ReferenceEquality")
        private ChangeRecordCodec lines(IssuerKey issuer) {
            if (issuer != lastIssuer) {
                lastLines = gathered.computeIfAbsent(issuer, _ -> new ChangeRecordCodec());
                lastIssuer = issuer;
            }
            return lastLines;
        }

        private void write(IssuerKey issuer, ChangeRecordCodec lines) {
            if (events.withdrawals() != withdrawals) {
                throw new AuditException(
                        "the audit log was repaired while this was recorded: try again", null);
            }
            if (number < 0) {
                number = events.append(AuditEventLog.SET, Map.of("source", described()));
            }
            Map<String, Object> record = new HashMap<>();
            record.put("set", number);
            record.put("issuer", described(issuer));
            record.put("count", lines.count());
            record.put("changes", lines.take());
            events.append(AuditEventLog.CHANGES, record);
        }

        private Map<String, Object> described() {
            Map<String, Object> fields = new HashMap<>(attribution);
            fields.put("kind", source.kind());
            fields.put("name", source.name());
            fields.put("sha256", source.sha256().toHex());
            fields.put("takenIn", source.takenIn().toString());
            return fields;
        }

        private static Map<String, Object> described(IssuerKey issuer) {
            return Map.of(
                    "keySha256", issuer.keyHash(HashAlgorithm.SHA256).toHex(),
                    "nameSha256", issuer.nameHash(HashAlgorithm.SHA256).toHex());
        }

        /// Audit first: a recorded set that never took effect is found and recorded as void; a set
        /// that took effect without a record could never be proven.
        @Override
        public void beforeCommit() {
            try {
                guarded(
                        () -> {
                            endWriter();
                            recordAll();
                        });
            } catch (StoreException e) {
                events.failedUnrecorded(number, withdrawals);
                throw e;
            }
        }

        /// @throws AuditException as [#awaitWritten]
        private void endWriter() {
            if (writer != null) {
                // Also if interrupted: the thread must not write to the set's records any more.
                writer.close();
            }
            awaitWritten();
        }

        /// The caller receives the failure, so it must be recorded: without this record, a start
        /// would treat the set as acknowledged. The next set, or the next start, determines whether
        /// it took effect.
        @Override
        public void commitFailed(RuntimeException cause) {
            if (number < 0) {
                return;
            }
            try {
                events.failed(number, String.valueOf(cause.getMessage()));
            } catch (AuditException unrecorded) {
                cause.addSuppressed(unrecorded);
            }
        }

        private void recordAll() {
            gathered.forEach(
                    (issuer, lines) -> {
                        if (lines.count() > 0) {
                            write(issuer, lines);
                        }
                    });
            if (number < 0 && source.isLog()) {
                // Entries of other CAs only: there is no change to record.
                return;
            }
            if (number < 0) {
                events.append(AuditEventLog.FEED, Map.of("source", described()));
            } else {
                byte[] mark = new byte[MARK_BYTES];
                RANDOM.nextBytes(mark);
                CommitMark commit = new CommitMark(number, ByteString.of(mark));
                set.put(new StateKey.NewestCommit(), commit);
                events.append(
                        AuditEventLog.COMMIT,
                        Map.of("set", number, "changes", changes, "mark", commit.value().toHex()));
                events.committing(commit);
            }
            // Fails if some of the set's records were withdrawn.
            events.seal(withdrawals);
        }

        @Override
        public void abandoned() {
            if (writer != null) {
                // What it could not record needs no end.
                writer.close();
            }
            // Withdrawn records need no end, and their number may belong to another set.
            if (number >= 0 && events.withdrawals() == withdrawals) {
                guarded(() -> events.voided(number, "it was given up"));
            }
        }
    }

    /// Collects changes of serials of one issuer into a list for one record. Each is a string that
    /// `grep` finds by its serial:
    ///
    /// ```
    /// SERIAL OUTCOME announce AT
    /// SERIAL OUTCOME cancel
    /// SERIAL OUTCOME precertificate|certificate|declaration NOTAFTER|-
    /// SERIAL OUTCOME revoke AT REASON INVALIDITY|- [NOTAFTER]
    /// ```
    ///
    /// Serials are hexadecimal DER content, times are seconds since 1970, reasons are numbers as in
    /// RFC 5280. The outcome is `+` for an added serial, `~` for a changed one, `!` for one first
    /// known by its revocation, `?` for a conflict. Not thread-safe.
    static final class ChangeRecordCodec {
        /// Maximum number of changes in one record; some 200 KB.
        static final int MAX = 4_096;

        private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        private static final int MAX_LINE = 256;

        // ASCII. A load has millions of lines, and appending their characters one by one to a
        // StringBuilder takes three times as long.
        private byte[] text = {'['};
        private int length = 1;
        private int count;

        /// Whether a change had an effect, and so must be recorded.
        static boolean isEffective(ChangeOutcome outcome) {
            return switch (outcome) {
                case ChangeOutcome.Added _,
                        ChangeOutcome.Changed _,
                        ChangeOutcome.AddedByRevocation _,
                        ChangeOutcome.Conflict _ ->
                        true;
                case ChangeOutcome.Unchanged _, ChangeOutcome.Refused _ -> false;
            };
        }

        void add(StatusChange change, ChangeOutcome outcome) {
            if (text.length - length < MAX_LINE) {
                text = Arrays.copyOf(text, 2 * text.length + MAX_LINE);
            }
            append(count++ == 0 ? "\"" : ",\"");
            hex(change.key().serial().content());
            append(mark(outcome));
            switch (change) {
                case StatusChange.Announce announce -> {
                    append("announce ");
                    number(announce.at().getEpochSecond());
                }
                case StatusChange.CancelAnnouncement _ -> append("cancel");
                case StatusChange.Assign assign -> {
                    append(word(assign));
                    time(assign.notAfter());
                }
                case StatusChange.Revoke revoke -> {
                    append("revoke ");
                    number(revoke.revocation().at().getEpochSecond());
                    append(" ");
                    number(revoke.revocation().reason().code());
                    append(" ");
                    time(revoke.revocation().invalidityDate());
                    if (revoke.notAfter().isPresent()) {
                        append(" ");
                        time(revoke.notAfter());
                    }
                }
            }
            append("\"");
        }

        private static String mark(ChangeOutcome outcome) {
            return switch (outcome) {
                case ChangeOutcome.Added _ -> " + ";
                case ChangeOutcome.Changed _ -> " ~ ";
                case ChangeOutcome.AddedByRevocation _ -> " ! ";
                case ChangeOutcome.Conflict _ -> " ? ";
                case ChangeOutcome.Unchanged _, ChangeOutcome.Refused _ ->
                        throw new IllegalArgumentException("nothing happened");
            };
        }

        private static String word(StatusChange.Assign assign) {
            return switch (assign.by()) {
                case PRECERTIFICATE -> "precertificate ";
                case CERTIFICATE -> "certificate ";
                case DECLARATION -> "declaration ";
                case REVOCATION -> throw new IllegalArgumentException("assigns through Revoke");
            };
        }

        private void hex(ByteString bytes) {
            for (int i = 0; i < bytes.length(); i++) {
                int b = bytes.at(i);
                text[length++] = HEX[b >> 4 & 0xf];
                text[length++] = HEX[b & 0xf];
            }
        }

        private void time(Optional<Instant> time) {
            if (time.isPresent()) {
                number(time.get().getEpochSecond());
            } else {
                append("-");
            }
        }

        private void number(long value) {
            if (value < 0) {
                append(Long.toString(value));
                return;
            }
            int digits = 1;
            for (long rest = value; rest >= 10; rest /= 10) {
                digits++;
            }
            length += digits;
            int at = length;
            long rest = value;
            do {
                text[--at] = (byte) ('0' + rest % 10);
                rest /= 10;
            } while (rest > 0);
        }

        @SuppressWarnings("deprecation") // Plain ASCII, whose bytes are the low halves.
        private void append(String ascii) {
            ascii.getBytes(0, ascii.length(), text, length);
            length += ascii.length();
        }

        boolean isFull() {
            return count == MAX;
        }

        int count() {
            return count;
        }

        /// Returns the list so far, and starts the next.
        CanonicalJson.Ready take() {
            append("]");
            CanonicalJson.Ready list =
                    new CanonicalJson.Ready(new String(text, 0, length, StandardCharsets.US_ASCII));
            length = 1;
            count = 0;
            return list;
        }
    }
}
