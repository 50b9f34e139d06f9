package org.precertocsp.responder.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.audit.AuditService;
import org.precertocsp.responder.audit.AuditSettings;
import org.precertocsp.responder.io.FileRequests;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's side of backups: takes snapshots for the command `backup`, deletes what a command
/// left behind when it died, and raises an alert while the newest backup is one that failed.
public final class BackupMonitor {
    /// What commands send.
    ///
    /// @param directory of the backup, for the audit log
    private record Request(String directory) {}

    /// What the server replies.
    ///
    /// @param busy a load has not ended; ask again
    /// @param problem why no snapshot was taken
    private record Reply(boolean busy, Optional<String> problem, Optional<Snapshot> snapshot) {}

    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    /// Commands ask again, so that waiting for a load ends with the command.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration TAKEN = Duration.ofSeconds(10);
    private static final Duration REPLIED = Duration.ofMinutes(10);

    private static final String ABOUT = "backup";
    private static final Logger LOG = LoggerFactory.getLogger(BackupMonitor.class);

    private final AuditSettings settings;
    private final AuditService.Opened opened;
    private final Alarm alarm;
    private final InstantSource clock;
    private final BackupState state;
    private final FileRequests requests;

    private boolean hasReported;
    private Optional<String> reported = Optional.empty();
    private Optional<BackupState.Last> last;

    private BackupMonitor(
            AuditSettings settings, AuditService.Opened opened, Alarm alarm, InstantSource clock) {
        this.settings = settings;
        this.opened = opened;
        this.alarm = alarm;
        this.clock = clock;
        this.state = new BackupState(settings);
        this.requests = requests(settings);
        this.last = state.last();
    }

    /// @param opened is not closed
    public static BackgroundTasks.Task start(
            BackgroundTasks tasks,
            AuditSettings settings,
            AuditService.Opened opened,
            Alarm alarm,
            InstantSource clock) {
        BackupMonitor monitor = new BackupMonitor(settings, opened, alarm, clock);
        return tasks.every("backup", LOOK_EVERY, monitor::look);
    }

    private static FileRequests requests(AuditSettings settings) {
        return new FileRequests(settings.newestSetDirectory(), ".backup", ".snapshot");
    }

    /// The command's side: requests a snapshot from the server, and waits for it.
    ///
    /// @param target directory of the backup
    /// @return empty if a load has not ended; ask again
    /// @throws FileRequests.NotTaken no server takes requests
    /// @throws IOException there is no snapshot; the message says why
    static Optional<Snapshot> request(AuditSettings settings, Path target) throws IOException {
        byte[] request = Json.bytes(new Request(target.toString()));
        Reply reply =
                Json.MAPPER.readValue(
                        requests(settings).send(request, TAKEN, REPLIED), Reply.class);
        if (reply.problem().isPresent()) {
            throw new IOException("the server took no snapshot: " + reply.problem().get());
        }
        return reply.snapshot();
    }

    private void look() throws IOException {
        requests.handleAll(this::reply);
        if (Snapshot.exists(settings) && !state.isLocked()) {
            Snapshot.remove(settings);
            state.failed("its command ended before the backup was complete");
        }
        Optional<String> problem = state.problem();
        if (!hasReported || !problem.equals(reported)) {
            problem.ifPresentOrElse(
                    this::raise, () -> alarm.end(Incident.Kind.BACKUP_FAILED, ABOUT));
            reported = problem;
            hasReported = true;
        }
        Optional<BackupState.Last> now = state.last();
        if (!now.equals(last)) {
            now.ifPresent(
                    it ->
                            LOG.info(
                                    "backup complete: {}, {} MB, as of {}",
                                    it.directory(),
                                    it.bytes() / 1_000_000,
                                    it.madeAt()));
            last = now;
        }
    }

    private byte[] reply(FileRequests.Request request) {
        try {
            if (!state.isLocked()) {
                return Json.bytes(problem("the command that requests it has ended"));
            }
            Request content = Json.MAPPER.readValue(request.content().toArray(), Request.class);
            long begin = System.nanoTime();
            Optional<Snapshot> snapshot =
                    Snapshot.take(
                            settings,
                            opened,
                            clock,
                            "precert-ocsp backup (user %s)".formatted(request.owner()),
                            content.directory(),
                            PATIENCE);
            if (snapshot.isPresent()) {
                LOG.info(
                        "backup to {} begins: snapshot taken in {} ms",
                        content.directory(),
                        Duration.ofNanos(System.nanoTime() - begin).toMillis());
            }
            return Json.bytes(new Reply(snapshot.isEmpty(), Optional.empty(), snapshot));
        } catch (IOException | StoreException | AuditException e) {
            LOG.error("no snapshot for a backup could be taken", e);
            return Json.bytes(problem(String.valueOf(e.getMessage())));
        }
    }

    private static Reply problem(String why) {
        return new Reply(false, Optional.of(why), Optional.empty());
    }

    private void raise(String why) {
        LOG.error("the newest backup failed: {}", why);
        alarm.raise(
                new Incident(
                        Incident.Kind.BACKUP_FAILED,
                        ABOUT,
                        "The newest backup failed: %s. %s The alert ends when a backup succeeds."
                                .formatted(
                                        why,
                                        last.map(
                                                        it ->
                                                                "The last complete one is %s, as of %s."
                                                                        .formatted(
                                                                                it.directory(),
                                                                                it.madeAt()))
                                                .orElse("None is complete yet."))));
    }
}
