package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.status.CommitMark;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checks that the status store, the audit log and the newest set remembered in a third place
/// belong together: a store or log that is restored older or empty is an incident and must not be
/// trusted.
///
/// Every set of changes is recorded in the audit log before it is applied, and the store keeps a
/// mark of the newest set it has. So the two can be compared, and the log can restore the store.
/// One backup may reset both to an earlier state at once; a small file in the alerts' directory,
/// usually on another volume, still has the newest set then.
///
/// @param alarm receives lost state
public record StateCheck(AuditSettings settings, Alarm alarm) {
    private static final Logger LOG = LoggerFactory.getLogger(StateCheck.class);
    private static final String SELF = "precert-ocsp";
    private static final String STORE = "status store";
    private static final Duration REMEMBER_EVERY = Duration.ofSeconds(5);

    /// Rejects creating a store if the audit log recorded one: its volume may not be mounted.
    ///
    /// @throws StoreException there is no store, and the log recorded changes
    public void expectStore(boolean newStore) {
        if (newStore || RocksStore.exists(settings.store())) {
            return;
        }
        RocksStore.refuseHalfRestored(settings.store());
        try {
            StoreRecovery recovery = new StoreRecovery(settings.audit().events(), Optional.empty());
            String lost = lost(recovery.compare());
            if (lost.isEmpty()) {
                lost = forgotten(Optional.empty()).orElse("");
            }
            if (!lost.isEmpty()) {
                throw stateLost(lost);
            }
        } catch (IOException e) {
            throw new StoreException(
                    "there is no store in %s, and what it must have cannot be read from the audit log:"
                                    .formatted(settings.store().directory())
                            + " "
                            + e.getMessage(),
                    e);
        }
    }

    /// Why the statuses in the store may be wrong; empty if the store has everything that the audit
    /// log recorded. Changes nothing, and may be called while a server runs.
    public Optional<String> doubt() {
        try {
            StoreState seen = storeState();
            StoreRecovery.Comparison comparison =
                    StoreRecovery.glance(settings.audit().events(), seen.mark());
            boolean isUnderWay =
                    comparison instanceof StoreRecovery.Comparison.Behind behind
                            && (isInterrupted(behind, seen.knowsLog())
                                    || !storeState().mark().equals(seen.mark()));
            // A running server compared the two when it started.
            return comparison instanceof StoreRecovery.Comparison.InStep || isUnderWay
                    ? forgotten(seen.mark())
                    : Optional.of(fact(comparison) + ". " + remedy(comparison));
        } catch (StoreException | IOException e) {
            return Optional.of(
                    "whether the store has all that the audit log recorded cannot be told: "
                            + e.getMessage());
        }
    }

    /// @param knowsLog as for [#compare]
    private record StoreState(Optional<CommitMark> mark, boolean knowsLog) {}

    private StoreState storeState() {
        if (!RocksStore.exists(settings.store())) {
            return new StoreState(Optional.empty(), false);
        }
        try (RocksStore store = RocksStore.openReadOnly(settings.store())) {
            return new StoreState(store.commitMark(), knowsLog(store));
        }
    }

    /// Whether the store was open together with the audit log before. Opening the log makes it so.
    boolean knowsLog(RocksStore store) {
        return store.checkpoint(settings.audit().eventsOrigin()).isPresent();
    }

    /// Whether the process that recorded the set may have died before it took effect. A store
    /// without any set must be the one that was open at that time, not an empty one in its place.
    private static boolean isInterrupted(StoreRecovery.Comparison.Behind behind, boolean knowsLog) {
        return behind.onlyNewest() && (!behind.empty() || knowsLog);
    }

    /// What becomes of a newest set that the store lacks, since the process that recorded it died.
    enum Interrupted {
        APPLIED_AGAIN,
        /// The store has read the log of its cluster, which does not have the set: nobody was told
        /// that it took effect, and it never does. Applied to this store alone, it would be a
        /// change that no other node has.
        VOID,
        /// The log of the cluster may have it: the server finds out when it starts.
        LEFT
    }

    /// Ensures that store and log have the same newest set before anything is answered or changed.
    ///
    /// @param knowsLog [#knowsLog] before the log was opened
    /// @param newStore the operator declares the store correct, though the log recorded more
    /// @param interrupted what becomes of a newest set that the store lacks
    /// @throws StoreException the store lacks changes that the log recorded
    void compare(
            AuditEventLog events,
            RocksStore store,
            boolean knowsLog,
            List<IssuerKey> issuers,
            boolean newStore,
            Interrupted interrupted)
            throws IOException {
        Optional<String> forgotten =
                newStore || events.log().begunAnew()
                        ? Optional.empty()
                        : forgotten(store.commitMark());
        if (forgotten.isPresent()) {
            throw stateLost(forgotten.get());
        }
        StoreRecovery recovery = recovery(store);
        StoreRecovery.Comparison comparison = recovery.settle(events);
        if (comparison instanceof StoreRecovery.Comparison.InStep) {
            alarm.end(Incident.Kind.STATE_LOST, STORE);
            return;
        }
        if (comparison instanceof StoreRecovery.Comparison.Behind behind
                && isInterrupted(behind, knowsLog)) {
            switch (interrupted) {
                case APPLIED_AGAIN -> applyAgain(recovery, behind, events, store, issuers);
                case VOID -> {
                    recovery.voidNewest(events, "the log of the cluster does not have it");
                    LOG.warn(
                            "{} changes recorded at {} never took effect: this process died before"
                                    + " the log of the cluster had them, and nobody was told that"
                                    + " they did",
                            behind.changes(),
                            behind.since());
                }
                case LEFT -> {
                    // Nothing is known.
                }
            }
            return;
        }
        String lost = lost(comparison);
        if (!newStore) {
            throw stateLost(lost);
        }
        recovery.adopt(events, "serve --new-store");
        raise(
                "new status store",
                "Because of --new-store the server uses a store that is not the one the audit log"
                        + " knows: "
                        + fact(comparison)
                        + ". Serials that it lacks are not answered, revocations that it lacks are"
                        + " answered good: load all files again unless that is meant");
    }

    private void applyAgain(
            StoreRecovery recovery,
            StoreRecovery.Comparison.Behind behind,
            AuditEventLog events,
            RocksStore store,
            List<IssuerKey> issuers)
            throws IOException {
        recovery.replay(events, store, issuers, SELF, _ -> {});
        raise(
                "newest set in the status store",
                "the store in %s lacked the newest set of changes in the audit log (%d changes,"
                                .formatted(settings.store().directory(), behind.changes())
                        + " recorded at %s). It was applied again, and answers are right. Unless"
                                .formatted(behind.since())
                        + " process or machine died at that moment, the disk lost data: check"
                        + " it and look for I/O errors in the system's log");
    }

    /// Raises an alert if store and log were restored from a backup since the last start: what was
    /// acknowledged after the backup is in neither, and only people know what that was.
    void reportRestore(AuditEventLog events) {
        events.restoredFrom()
                .ifPresent(
                        madeAt ->
                                raise(
                                        "restored from a backup",
                                        "Store and audit log were restored from a backup made at %s."
                                                        .formatted(madeAt)
                                                + " Changes acknowledged after that are not in them:"
                                                + " serials assigned since are not answered, and"
                                                + " those revoked since are answered good. Load"
                                                + " everything again that came after it, revocations"
                                                + " first; then acknowledge this alert"));
    }

    /// The newest set is missing from both store and audit log, but remembered in the third place.
    private Optional<String> forgotten(Optional<CommitMark> mark) throws IOException {
        return newestSet()
                .missing(settings.audit().events(), mark)
                .map(
                        set ->
                                ("the store in %s and the audit log in %s are both %s: they do not have"
                                                + " the newest set of changes, remembered at %s in"
                                                + " %s. Nothing is answered until that is mended."
                                                + " Mount their volumes or restore the newest backup"
                                                + " of all directories together. Only if changes after"
                                                + " the backup are lost for good, start with:"
                                                + " precert-ocsp serve --new-store -c %s, and load"
                                                + " everything again that came after it,"
                                                + " revocations first")
                                        .formatted(
                                                settings.store().directory(),
                                                settings.audit().directory(),
                                                mark.isEmpty()
                                                        ? "empty or missing"
                                                        : "of an earlier state",
                                                set.at(),
                                                newestSetFile(),
                                                settings.configFile()));
    }

    private CommitMarkFile newestSet() {
        return CommitMarkFile.in(settings);
    }

    private Path newestSetFile() {
        return newestSet().file;
    }

    /// Remembers the newest set in a third place: now, every few seconds and at shutdown.
    void rememberNewestSet(
            RocksStore store, InstantSource clock, BackgroundTasks tasks, Lifecycle life) {
        CommitMarkFile remembered = newestSet();
        BackgroundTasks.Body keep = () -> remembered.keep(store.commitMark(), clock.instant());
        Runnable quietly =
                () -> {
                    try {
                        keep.run();
                    } catch (Exception e) {
                        LOG.warn(
                                "the newest set of changes cannot be remembered in {}: {}",
                                newestSetFile(),
                                e.toString());
                    }
                };
        quietly.run();
        life.closeLater(quietly::run);
        life.closeLater(tasks.every("newest-set", REMEMBER_EVERY, REMEMBER_EVERY, keep));
    }

    StoreRecovery recovery(RocksStore store) {
        return new StoreRecovery(settings.audit().events(), store.commitMark());
    }

    /// Raises an alert that does not end by itself: a person must acknowledge it.
    private void raise(String about, String what) {
        alarm.raise(new Incident(Incident.Kind.STATE_LOST, about, what));
    }

    private StoreException stateLost(String what) {
        alarm.raise(new Incident(Incident.Kind.STATE_LOST, STORE, what));
        return new StoreException(what, null);
    }

    /// The problem and its remedy, for the operator; empty if there is none.
    String lost(StoreRecovery.Comparison comparison) {
        return comparison instanceof StoreRecovery.Comparison.InStep
                ? ""
                : "%s. Nothing is answered until that is mended. %s. Only if the store is meant to be used as it is: precert-ocsp serve --new-store -c %s"
                        .formatted(fact(comparison), remedy(comparison), settings.configFile());
    }

    private String remedy(StoreRecovery.Comparison comparison) {
        String file = settings.configFile().toString();
        return switch (comparison) {
            case StoreRecovery.Comparison.InStep _ -> "";
            case StoreRecovery.Comparison.Behind behind ->
                    (behind.empty()
                                    ? "Mount its volume or restore a backup; to rebuild it"
                                            + " from the audit log, run"
                                    : "To bring them back, run")
                            + ": precert-ocsp audit replay -c %s (with --dry-run to look first)"
                                    .formatted(file);
            case StoreRecovery.Comparison.Unrelated _ ->
                    "Restore both from one backup, then run: precert-ocsp audit verify -c " + file;
        };
    }

    private String fact(StoreRecovery.Comparison comparison) {
        String store = settings.store().directory().toString();
        return switch (comparison) {
            case StoreRecovery.Comparison.InStep _ -> "";
            case StoreRecovery.Comparison.Behind behind when behind.empty() ->
                    "the store in %s is empty, though the audit log recorded %s: its volume may not be mounted"
                            .formatted(store, amount(behind));
            case StoreRecovery.Comparison.Behind behind ->
                    "the store in %s lacks %s that the audit log recorded: it was put back to an earlier state, or its disk lost them"
                            .formatted(store, amount(behind));
            case StoreRecovery.Comparison.Unrelated unrelated ->
                    "the store in %s and the audit log in %s do not belong together: %s"
                            .formatted(store, settings.audit().directory(), unrelated.why());
        };
    }

    private String amount(StoreRecovery.Comparison.Behind behind) {
        return "%d sets with %d changes between %s and %s"
                .formatted(behind.sets(), behind.changes(), behind.since(), behind.until());
    }

    /// The newest set of changes, remembered outside store and audit log (invariant 10): if both
    /// are restored older, or empty, they agree with each other, and only a third place reveals it.
    /// Not thread-safe.
    public static final class CommitMarkFile {
        private static final Pattern CONTENT =
                Pattern.compile("set (\\d{1,18}) mark ([0-9a-f]+) at (\\S+)\n");

        /// The newest set as it was remembered.
        ///
        /// @param at time at which it was remembered
        public record Remembered(long set, String mark, Instant at) {
            private boolean isOf(Optional<CommitMark> newest) {
                return newest.map(CommitMark::value)
                        .map(ByteString::toHex)
                        .equals(Optional.of(mark));
            }
        }

        private final Path file;
        private boolean isKept;
        private Optional<CommitMark> kept = Optional.empty();

        public static CommitMarkFile in(AuditSettings settings) {
            return new CommitMarkFile(settings.newestSetDirectory().resolve("newest-set"));
        }

        /// @param file in a directory that is neither the store's nor the audit log's
        public CommitMarkFile(Path file) {
            this.file = file;
        }

        /// Remembers it; durable when it returns. Writes nothing if it is the one remembered last.
        ///
        /// @param newest in the store; empty if it has none
        /// @throws IOException the file cannot be written
        public void keep(Optional<CommitMark> newest, Instant at) throws IOException {
            if (isKept && newest.equals(kept)) {
                return;
            }
            if (newest.isPresent()) {
                CommitMark set = newest.get();
                DurableFile.write(
                        file,
                        "set %d mark %s at %s\n"
                                .formatted(set.set(), set.value().toHex(), at)
                                .getBytes(StandardCharsets.US_ASCII));
            } else {
                Files.deleteIfExists(file);
            }
            kept = newest;
            isKept = true;
        }

        /// Empty also if the file is damaged: then only store and log count.
        ///
        /// @throws IOException the file cannot be read
        public Optional<Remembered> read() throws IOException {
            try {
                Matcher content =
                        CONTENT.matcher(
                                new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
                return content.matches()
                        ? Optional.of(
                                new Remembered(
                                        Long.parseLong(content.group(1)),
                                        content.group(2),
                                        Instant.parse(content.group(3))))
                        : Optional.empty();
            } catch (NoSuchFileException | DateTimeException _) {
                return Optional.empty();
            }
        }

        /// The set that was remembered and is now in neither store nor log; empty if one has it, or
        /// if the log was started anew after that.
        ///
        /// @param events directory of the event log
        /// @param newest as for [#keep]
        /// @throws IOException file or log cannot be read
        public Optional<Remembered> missing(Path events, Optional<CommitMark> newest)
                throws IOException {
            Optional<Remembered> remembered = read();
            return remembered.isEmpty()
                            || remembered.get().isOf(newest)
                            || isExplained(events, remembered.get())
                    ? Optional.empty()
                    : remembered;
        }

        private static boolean isExplained(Path events, Remembered one) throws IOException {
            List<LogSegment> segments = LogSegment.list(events);
            for (int i = 0; i < segments.size(); i++) {
                boolean isBefore =
                        i + 1 < segments.size() && segments.get(i + 1).first() <= one.set();
                if (isBefore && i > 0) {
                    continue;
                }
                try (LogLineReader lines = new LogLineReader(segments.get(i).read(), 0)) {
                    for (Optional<byte[]> bytes = lines.next();
                            bytes.isPresent();
                            bytes = lines.next()) {
                        Optional<AuditRecord> line = AuditRecord.read(bytes.get());
                        if (line.isPresent() && explains(line.get(), one)) {
                            return true;
                        }
                        if (isBefore) {
                            break;
                        }
                    }
                }
            }
            return false;
        }

        /// Whether the record is that set itself, or shows that the log does not go back to it.
        private static boolean explains(AuditRecord line, Remembered one) {
            return line.tree().path("mark").asText().equals(one.mark())
                    || (line.kind().equals(RecordKind.BEGUN_ANEW)
                            && Instant.parse(line.tree().path("at").asText()).isAfter(one.at()));
        }
    }
}
