package org.precertocsp.responder.audit;

import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.task.BackgroundTasks;

/// A log in a folder, with what stands around it.
public final class TestAuditLogs {
    public static final String ORIGIN = "example.com/audit/events";

    public final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
    public final List<Incident> incidents = new ArrayList<>();
    public final Path folder;
    public final CheckpointSigner key;
    public final Memory anchor = new Memory();
    private final long segmentBytes;

    /// What a store would keep.
    public static final class Memory implements CheckpointStore {
        private final AtomicReference<Optional<String>> kept =
                new AtomicReference<>(Optional.empty());

        @Override
        public Optional<String> kept() {
            return kept.get();
        }

        @Override
        public void keep(String anchor) {
            kept.set(Optional.of(anchor));
        }

        /// As if nothing had ever been kept.
        public void clear() {
            kept.set(Optional.empty());
        }
    }

    public TestAuditLogs(Path above, long segmentBytes) throws IOException {
        this.folder = above.resolve("events");
        Path file = above.resolve("key.pem");
        this.key = Files.exists(file) ? CheckpointSigner.read(file) : CheckpointSigner.create(file);
        this.segmentBytes = segmentBytes;
    }

    public AuditLogConfig settings() {
        return settings(Map::of);
    }

    /// @param carry what the first record of a file tells of the files before
    public AuditLogConfig settings(Supplier<Map<String, Object>> carry) {
        return settings(carry, anchor, AuditLogConfig.Disk.REAL);
    }

    public AuditLogConfig settings(
            Supplier<Map<String, Object>> carry, CheckpointStore kept, AuditLogConfig.Disk disk) {
        Alarm alarm = incidents::add;
        return new AuditLogConfig(
                folder,
                ORIGIN,
                key,
                kept,
                segmentBytes,
                carry,
                alarm,
                clock,
                Duration.ZERO,
                BackgroundTasks.logged(),
                disk);
    }

    public AuditLog open() {
        return AuditLog.open(settings(), _ -> {}, AuditLog.OnDamage.BEGIN_ANEW);
    }

    public AuditLog open(List<AuditRecord> replayed) {
        return AuditLog.open(settings(), replayed::add, AuditLog.OnDamage.BEGIN_ANEW);
    }

    /// Records so many events, each sealed.
    public static void write(AuditLog log, int events) {
        for (int i = 0; i < events; i++) {
            log.append("ACCESS_REFUSED", Map.of("who", "viewer \"eve\"", "count", i));
            log.seal();
        }
    }

    /// Waits until all full files are compressed, which happens behind the writer's back.
    public void awaitPacked() {
        await(
                "all full files compressed",
                () -> LogSegment.list(folder).stream().filter(it -> !it.packed()).count() <= 1);
    }
}
