package org.precertocsp.responder.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusWriter;

/// Compares the store with the changes that the audit log recorded, and applies again those that
/// the store lacks (invariants 4 and 10).
///
/// The log is the redo log of the store. A set of changes is decided once its COMMIT record is on
/// disk; the store writes the mark of that record together with the changes, and sets are processed
/// one after the other. So the mark in the store identifies the sets it has: those up to that one.
/// A store that lost the end of its write-ahead log, that was reset to an earlier state, or whose
/// directory is empty has an earlier mark, or none. The sets after it must be applied again before
/// anything is answered, except those whose caller received an error.
///
/// Facts that the log does not contain are not restored: fingerprints of documents, the numbers of
/// CRLs, positions in CT logs. The statuses are complete without them, and loading a file again is
/// always safe.
public final class StoreRecovery {
    /// The relation between store and log.
    public sealed interface Comparison {
        /// The store has every set.
        record InStep() implements Comparison {}

        /// The store lacks sets that were recorded.
        ///
        /// @param changes in all these sets
        /// @param since when the first of them was recorded
        /// @param until when the last of them was
        /// @param empty the store has no set at all
        /// @param onlyNewest it is the newest set alone, and no later record shows that the store
        ///   had it: its process may have died before the set took effect
        record Behind(
                long sets,
                long changes,
                Instant since,
                Instant until,
                boolean empty,
                boolean onlyNewest)
                implements Comparison {}

        /// The log does not show what the store lacks.
        record Unrelated(String why) implements Comparison {}
    }

    /// The result of applying sets again.
    ///
    /// @param notTaken changes that the store's rules reject now
    /// @param conflicts of documents, which only their files can restore
    public record Replayed(long sets, long changes, long notTaken, long conflicts) {}

    private final Path folder;
    private final Optional<CommitMark> mark;

    // Determined by the first pass over the log.
    private final Set<Long> voided = new HashSet<>();
    private boolean scanned;
    private boolean begunAnew;
    private boolean knowsSets;
    private boolean complete = true;
    private boolean found;
    private long from;
    private long position = -1;
    private @Nullable CommitMark newest;
    private long failed = -1;
    private boolean newestTookEffect;

    /// @param folder directory of the event log
    /// @param mark of the newest set in the store
    public StoreRecovery(Path folder, Optional<CommitMark> mark) {
        this.folder = folder;
        this.mark = mark;
    }

    /// Compares without changing anything; reads the whole log.
    ///
    /// @throws IOException the log cannot be read
    public Comparison compare() throws IOException {
        scan();
        if (!found) {
            return new Comparison.Unrelated(
                    mark.isPresent()
                            ? "the audit log does not have the newest set of changes that the"
                                    + " store has (mark %s...)"
                                            .formatted(mark.get().value().toHex().substring(0, 16))
                            : "the store is empty, and the audit log does not go back to the"
                                    + " store's beginning");
        }
        Lacking lacking = new Lacking();
        read(lacking::take);
        return lacking.comparison();
    }

    /// As [#compare], but reads only as much of the log as shows that nothing is missing.
    ///
    /// @throws IOException the log cannot be read
    public static Comparison glance(Path folder, Optional<CommitMark> mark) throws IOException {
        if (mark.isPresent()) {
            StoreRecovery end = new StoreRecovery(folder, mark);
            end.from = mark.get().set();
            if (end.compare() instanceof Comparison.InStep inStep) {
                return inStep;
            }
        }
        return new StoreRecovery(folder, mark).compare();
    }

    /// Compares, and records what was unknown when the log was written: that the newest set failed,
    /// or took effect though it was recorded as void.
    ///
    /// @throws IOException the log cannot be read
    public Comparison settle(AuditEventLog events) throws IOException {
        if (events.lastCommitted().isPresent() && events.lastCommitted().equals(mark)) {
            return new Comparison.InStep();
        }
        scan();
        if (!found && begunAnew && !knowsSets) {
            events.adopted(mark, false, "the log was begun anew");
            return new Comparison.InStep();
        }
        if (found && mark.isPresent() && voided.contains(mark.get().set())) {
            events.effective(mark.get());
        }
        Comparison comparison = compare();
        if (isNewestRefused()) {
            events.voided(failed, "the store did not take it");
        }
        return comparison;
    }

    /// Accepts the store as it is from here on, whatever the log recorded.
    ///
    /// @throws IOException the log cannot be read
    public void adopt(AuditEventLog events, String why) throws IOException {
        scan();
        events.adopted(mark, found, why);
    }

    /// Records that the newest set, which the store lacks, never takes effect.
    void voidNewest(AuditEventLog events, String why) {
        events.voided(Objects.requireNonNull(newest, "a newest set").set(), why);
    }

    private boolean isNewestRefused() {
        return newest != null && newest.set() == failed && failed > position;
    }

    private void scan() throws IOException {
        if (scanned) {
            return;
        }
        scanned = true;
        found = mark.isEmpty();
        List<AuditRecord> first = new ArrayList<>(1);
        read(
                line -> {
                    if (first.isEmpty()) {
                        first.add(line);
                        beginning(line);
                    }
                    learn(line);
                });
        found &= mark.isPresent() || complete;
    }

    /// If the beginning of the log was pruned, the first record names the set before it.
    private void beginning(AuditRecord line) {
        if (line.number() > 0) {
            AuditEventLog.mark(line.tree(), "set", "mark").ifPresent(this::seen);
        }
    }

    private void learn(AuditRecord line) {
        switch (line.kind()) {
            case AuditEventLog.COMMIT -> {
                AuditEventLog.mark(line.tree(), "set", "mark").ifPresent(this::seen);
                newestTookEffect = false;
            }
            case AuditEventLog.SET -> {
                // A withdrawn set left its number to another.
                voided.remove(line.number());
                newestTookEffect = true;
            }
            case AuditEventLog.VOID -> {
                long set = set(line);
                voided.add(set);
                if (newest != null && newest.set() == set) {
                    newest = null;
                }
            }
            case AuditEventLog.FAILED -> failed = set(line);
            case AuditEventLog.EFFECTIVE -> {
                voided.remove(set(line));
                AuditEventLog.mark(line.tree(), "set", "mark").ifPresent(this::seen);
            }
            case AuditEventLog.STORE_ADOPTED -> adopted(line);
            case RecordKind.BEGUN_ANEW -> begunAnew = true;
            // A server compares store and log before it records its start, a set before its own.
            case AuditEventLog.FEED, "START" -> newestTookEffect = true;
            default -> {
                // Recorded without a look at the store: by the log itself, by a command, by another
                // thread while the set was being written, by a server that stopped meanwhile, or by
                // a replay that was about to begin.
            }
        }
    }

    private void seen(CommitMark one) {
        knowsSets = true;
        newest = one;
        if (mark.isPresent() && mark.get().value().equals(one.value())) {
            found = true;
            position = one.set();
        }
    }

    private void adopted(AuditRecord line) {
        knowsSets = true;
        Optional<CommitMark> then = AuditEventLog.mark(line.tree(), "set", "mark");
        if (then.isEmpty()) {
            complete |= mark.isEmpty();
        } else if (!line.tree().path("known").asBoolean()) {
            // A store with another history: earlier sets cannot lead to it.
            complete = false;
            found = false;
        }
        newest = null;
        if (then.map(CommitMark::value).equals(mark.map(CommitMark::value))) {
            found = true;
            position = line.number();
        }
    }

    private static long set(AuditRecord line) {
        return line.tree().path("set").asLong(-1);
    }

    private void read(LineReader each) throws IOException {
        List<LogSegment> segments = LogSegment.list(folder);
        for (int i = 0; i < segments.size(); i++) {
            LogSegment segment = segments.get(i);
            if (i + 1 < segments.size() && segments.get(i + 1).first() <= from) {
                continue;
            }
            try (LogLineReader lines = new LogLineReader(segment.read(), 0)) {
                for (Optional<byte[]> bytes = lines.next();
                        bytes.isPresent();
                        bytes = lines.next()) {
                    each.take(
                            AuditRecord.read(bytes.get())
                                    .orElseThrow(
                                            () ->
                                                    new IOException(
                                                            segment.file()
                                                                    + " is damaged: see"
                                                                    + " precert-ocsp audit"
                                                                    + " verify")));
                }
            }
        }
    }

    @FunctionalInterface
    private interface LineReader {
        void take(AuditRecord line) throws IOException;
    }

    private boolean isLacking(long set) {
        return set > position && !voided.contains(set) && !(isNewestRefused() && set == failed);
    }

    /// Counts the sets that the store lacks.
    private final class Lacking {
        private long sets;
        private long changes;
        private long last = -1;
        private Instant since = Instant.EPOCH;
        private Instant until = Instant.EPOCH;

        void take(AuditRecord line) {
            if (line.kind().equals(AuditEventLog.COMMIT) && isLacking(set(line))) {
                until = Instant.parse(line.tree().path("at").asText());
                since = sets == 0 ? until : since;
                last = set(line);
                sets++;
                changes += line.tree().path("changes").asLong();
            }
        }

        Comparison comparison() {
            if (sets == 0) {
                return new Comparison.InStep();
            }
            boolean onlyNewest =
                    sets == 1 && newest != null && newest.set() == last && !newestTookEffect;
            return new Comparison.Behind(sets, changes, since, until, mark.isEmpty(), onlyNewest);
        }
    }

    /// Applies to the store the sets it lacks, one after the other as recorded; each is durable
    /// with its mark, so this can be interrupted and repeated. The replay is recorded first.
    ///
    /// @param store without a recorder in front: the changes are recorded already
    /// @param issuers that are configured
    /// @param progress receives the number of changes as they are applied
    /// @throws IOException the log cannot be read, or holds changes of an issuer not configured;
    ///   then nothing was changed
    /// @throws AuditException it cannot be recorded; nothing was changed
    /// @throws org.precertocsp.responder.status.StoreException the store cannot be written
    public Replayed replay(
            AuditEventLog events,
            StatusWriter store,
            List<IssuerKey> issuers,
            String who,
            LongConsumer progress)
            throws IOException {
        if (!(compare() instanceof Comparison.Behind behind)) {
            return new Replayed(0, 0, 0, 0);
        }
        checkIssuers(issuers);
        events.replayed(
                Map.of(
                        "who",
                        who,
                        "sets",
                        behind.sets(),
                        "changes",
                        behind.changes(),
                        "after",
                        mark.map(CommitMark::set).orElse(-1L).toString()));
        try (Application application = new Application(store, issuers, progress)) {
            read(application::take);
            return application.replayed();
        }
    }

    /// Whether the missing changes can be applied.
    ///
    /// @throws IOException some are of an issuer not configured, or the log cannot be read
    public void checkIssuers(List<IssuerKey> issuers) throws IOException {
        Set<JsonNode> unknown = new HashSet<>();
        read(
                line -> {
                    if (line.kind().equals(AuditEventLog.CHANGES)
                            && isLacking(set(line))
                            && issuer(line.tree().path("issuer"), issuers).isEmpty()) {
                        unknown.add(line.tree().path("issuer"));
                    }
                });
        if (!unknown.isEmpty()) {
            throw new IOException(
                    "changes to be applied again are of issuers that the configuration does not"
                            + " have: "
                            + String.join(
                                    ", ",
                                    unknown.stream()
                                            .map(
                                                    it ->
                                                            "name SHA-256 %s, key SHA-256 %s"
                                                                    .formatted(
                                                                            it.path("nameSha256")
                                                                                    .asText(),
                                                                            it.path("keySha256")
                                                                                    .asText()))
                                            .toList())
                            + ". Add their certificates under issuers and try again");
        }
    }

    private static Optional<IssuerKey> issuer(JsonNode described, List<IssuerKey> issuers) {
        return issuers.stream()
                .filter(
                        it ->
                                it.keyHash(HashAlgorithm.SHA256)
                                                .toHex()
                                                .equals(described.path("keySha256").asText())
                                        && it.nameHash(HashAlgorithm.SHA256)
                                                .toHex()
                                                .equals(described.path("nameSha256").asText()))
                .findFirst();
    }

    /// Applies the missing sets from the log to the store.
    private final class Application implements AutoCloseable {
        private final StatusWriter store;
        private final List<IssuerKey> issuers;
        private final LongConsumer progress;
        private @Nullable ChangeSet open;
        private long set = -1;
        private long gathered;
        private long sets;
        private long changes;
        private long notTaken;
        private long conflicts;

        Application(StatusWriter store, List<IssuerKey> issuers, LongConsumer progress) {
            this.store = store;
            this.issuers = issuers;
            this.progress = progress;
        }

        void take(AuditRecord line) throws IOException {
            switch (line.kind()) {
                case AuditEventLog.SET -> {
                    // A set without its end was abandoned.
                    close();
                    if (isLacking(line.number())) {
                        set = line.number();
                        gathered = 0;
                        open = store.begin(source(line.tree().path("source")));
                    }
                }
                case AuditEventLog.CHANGES -> {
                    if (open != null && set(line) == set) {
                        apply(open, line.tree());
                    }
                }
                case AuditEventLog.COMMIT -> {
                    if (open != null && set(line) == set) {
                        commit(open, line.tree());
                    }
                }
                default -> {
                    // Other kinds change nothing.
                }
            }
        }

        private void apply(ChangeSet to, JsonNode record) throws IOException {
            IssuerKey issuer = issuer(record.path("issuer"), issuers).orElseThrow();
            List<StatusChange> all = new ArrayList<>();
            for (JsonNode text : record.path("changes")) {
                change(issuer, text.asText()).ifPresentOrElse(all::add, () -> conflicts++);
            }
            for (ChangeOutcome outcome : to.applyAll(all)) {
                if (outcome instanceof ChangeOutcome.Refused
                        || outcome instanceof ChangeOutcome.Conflict) {
                    notTaken++;
                }
            }
            gathered += all.size();
            progress.accept(changes + gathered);
        }

        private void commit(ChangeSet to, JsonNode record) {
            to.put(
                    new StateKey.NewestCommit(),
                    new CommitMark(set, ByteString.ofHex(record.path("mark").asText())));
            to.commit();
            sets++;
            changes += gathered;
            close();
        }

        Replayed replayed() {
            return new Replayed(sets, changes, notTaken, conflicts);
        }

        @Override
        public void close() {
            if (open != null) {
                open.close();
                open = null;
            }
        }
    }

    private static ChangeSource source(JsonNode described) throws IOException {
        try {
            return new ChangeSource(
                    described.path("kind").asText(),
                    described.path("name").asText(),
                    ByteString.ofHex(described.path("sha256").asText()),
                    Instant.parse(described.path("takenIn").asText()));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException("a record of a set does not say where it came from", e);
        }
    }

    /// Parses a line that [ChangeRecorder.ChangeRecordCodec] wrote; empty for a conflict, which
    /// changed no status.
    private static Optional<StatusChange> change(IssuerKey issuer, String text) throws IOException {
        String[] parts = text.split(" ", -1);
        try {
            SerialKey key =
                    new SerialKey(
                            issuer, Serial.ofDerContent(ByteString.ofHex(parts[0]).toArray()));
            if (parts[1].equals("?")) {
                return Optional.empty();
            }
            return Optional.of(
                    switch (parts[2]) {
                        case "announce" -> new StatusChange.Announce(key, time(parts[3]));
                        case "cancel" -> new StatusChange.CancelAnnouncement(key);
                        case "precertificate" -> assign(key, AssignedBy.PRECERTIFICATE, parts[3]);
                        case "certificate" -> assign(key, AssignedBy.CERTIFICATE, parts[3]);
                        case "declaration" -> assign(key, AssignedBy.DECLARATION, parts[3]);
                        case "revoke" ->
                                new StatusChange.Revoke(
                                        key,
                                        new Revocation(
                                                time(parts[3]),
                                                RevocationReason.ofCode(Integer.parseInt(parts[4]))
                                                        .orElseThrow(),
                                                optionalTime(parts[5])),
                                        parts.length > 6
                                                ? optionalTime(parts[6])
                                                : Optional.empty());
                        default -> throw new IllegalArgumentException(parts[2]);
                    });
        } catch (IllegalArgumentException | IndexOutOfBoundsException | NoSuchElementException e) {
            throw new IOException("a change in the audit log cannot be read: " + text, e);
        }
    }

    private static StatusChange assign(SerialKey key, AssignedBy by, String notAfter) {
        return new StatusChange.Assign(key, by, optionalTime(notAfter), Optional.empty());
    }

    private static Optional<Instant> optionalTime(String text) {
        return text.equals("-") ? Optional.empty() : Optional.of(time(text));
    }

    private static Instant time(String seconds) {
        return Instant.ofEpochSecond(Long.parseLong(seconds));
    }
}
