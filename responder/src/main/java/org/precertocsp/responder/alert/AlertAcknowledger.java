package org.precertocsp.responder.alert;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.alert.Alerts.UnknownAlert;
import org.precertocsp.responder.io.ProcessLock;
import org.precertocsp.responder.status.CallerIdentity;

/// Lists and acknowledges alerts for commands, whether a server runs or not.
public final class AlertAcknowledger {
    private final AlertConfig config;
    private final AlertStore folder;
    private final AlertAuditRecorder record;
    private final InstantSource clock;

    /// @param record records acknowledgements made while no server runs
    public AlertAcknowledger(AlertConfig config, AlertAuditRecorder record, InstantSource clock) {
        this.config = config;
        this.folder = new AlertStore(config.directory());
        this.record = record;
        this.clock = clock;
    }

    /// All alerts, in no order; counts may be some seconds out of date.
    ///
    /// @throws IOException the directory cannot be read
    public List<Alert> all() throws IOException {
        return folder.read();
    }

    /// Acknowledges in a person's name, through the server if one runs. Returns once that is
    /// durable; waits at most ten seconds for the server.
    ///
    /// @throws UnknownAlert there is no alert with this ID
    /// @throws IOException it failed, or the server does not answer
    /// @throws IllegalArgumentException name or note is empty or too long, with the limit
    public Alert acknowledge(String id, String by, String note) throws UnknownAlert, IOException {
        Acknowledgement taken = of(by, note, clock.instant());
        if (!Files.isDirectory(folder.acks())) {
            throw new UnknownAlert(id);
        }
        Optional<ProcessLock> lock = folder.lock();
        if (lock.isEmpty()) {
            return new AcknowledgementRequests(folder.acks()).send(id, taken);
        }
        try (ProcessLock _ = lock.get()) {
            AlertRegistry registry =
                    new AlertRegistry(config, folder.read(), new SecureRandom()::nextInt);
            boolean news =
                    ScopedValue.where(
                                    CallerIdentity.CURRENT,
                                    CallerIdentity.user(System.getProperty("user.name")))
                            .call(() -> take(registry, record, id, taken).isPresent());
            if (news) {
                folder.write(registry.all());
            }
            return registry.find(id).orElseThrow(() -> new UnknownAlert(id));
        }
    }

    static Acknowledgement of(String by, String note, Instant at) {
        if (by.isBlank() || by.length() > Acknowledgement.MAX_NAME) {
            throw new IllegalArgumentException(
                    "who acknowledges is a name of 1 to %d characters"
                            .formatted(Acknowledgement.MAX_NAME));
        }
        if (note.length() > Acknowledgement.MAX_NOTE) {
            throw new IllegalArgumentException(
                    "a note has at most %d characters".formatted(Acknowledgement.MAX_NOTE));
        }
        return new Acknowledgement(by.strip(), at, note.strip());
    }

    /// Recorded before it takes effect (invariant 6).
    static Optional<AlertNotification> take(
            AlertRegistry registry, AlertAuditRecorder record, String id, Acknowledgement by)
            throws UnknownAlert {
        Alert alert = registry.find(id).orElseThrow(() -> new UnknownAlert(id));
        if (alert.acknowledgement().isPresent()) {
            return Optional.empty();
        }
        record.about(
                new AlertNotification(
                        AlertNotification.Reason.ACKNOWLEDGED, alert.acknowledged(by)));
        return registry.acknowledge(id, by);
    }
}
