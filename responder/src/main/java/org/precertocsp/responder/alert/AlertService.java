package org.precertocsp.responder.alert;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.io.ProcessLock;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates alerts from incidents, stores them, notifies the channels, and repeats that until a
/// person acknowledges or the cause is gone. Runs until closed.
///
/// Raising only queues the incident; a separate thread does the rest, so neither disk nor channel
/// delays the caller.
public final class AlertService implements Alarm, Alerts, AutoCloseable {
    /// Interval at which an alert is offered again to a channel that has not accepted it.
    static final Duration OFFER_AGAIN = Duration.ofMinutes(10);

    static final Duration REMIND = Duration.ofMinutes(1);

    /// How long a changed count may be missing on disk.
    private static final Duration COUNT_LAG = Duration.ofSeconds(5);

    private static final long LOOK_MILLIS = 250;
    private static final Logger LOG = LoggerFactory.getLogger(AlertService.class);

    private final AlertStore folder;
    private final ProcessLock folderLock;
    private volatile AlertAuditRecorder record;
    private final InstantSource clock;
    private final IncidentQueue incoming = new IncidentQueue();
    private final AcknowledgementRequests requests;
    private final List<AlertDelivery> deliveries = new ArrayList<>();
    private final Map<String, Instant> offered = new HashMap<>();
    private final AlertRegistry registry;
    private BackgroundTasks.@Nullable Task task;
    private boolean unsaved;
    private Instant saved = Instant.EPOCH;
    private Instant reminded = Instant.EPOCH;

    private AlertService(
            AlertConfig config,
            AlertAuditRecorder record,
            InstantSource clock,
            ProcessLock folderLock)
            throws IOException {
        this.folder = new AlertStore(config.directory());
        this.folderLock = folderLock;
        this.record = record;
        this.clock = clock;
        this.requests = new AcknowledgementRequests(folder.acks());
        this.registry = new AlertRegistry(config, known(), new SecureRandom()::nextInt);
    }

    /// The alerts of earlier runs. A damaged file does not prevent the start: it raises an alert
    /// itself.
    private List<Alert> known() throws IOException {
        try {
            return folder.read();
        } catch (AlertStore.Damaged e) {
            Path aside = folder.putAside(clock.instant());
            raise(
                    new Incident(
                            Incident.Kind.STATE_LOST,
                            "alerts",
                            "The alerts of earlier runs are lost, those nobody acknowledged, too:"
                                    + " their file was damaged, and lies in %s now. Look there and"
                                            .formatted(aside)
                                    + " in the audit log (records of the kind ALERT) for what was"
                                    + " open, and check the disk"));
            return List.of();
        }
    }

    /// Loads the alerts of earlier runs, and offers each channel those it has not delivered.
    ///
    /// @throws IOException the directory cannot be used, or another process has it
    public static AlertService start(
            BackgroundTasks tasks,
            AlertConfig config,
            List<AlertChannel> channels,
            AlertAuditRecorder record,
            InstantSource clock)
            throws IOException {
        AlertService desk = open(config, clock);
        desk.deliver(tasks, channels);
        desk.start(tasks, record);
        return desk;
    }

    /// The first of three steps, for a server whose other parts raise alerts while they start: this
    /// step accepts incidents from now on, [#deliver] connects the channels, and [#start] begins to
    /// record and to send. The audit log is opened between the second and the third step, since it
    /// raises alerts and they are recorded in it.
    ///
    /// If the service is closed before it is started, it still sends what was raised, unrecorded.
    ///
    /// @throws IOException the directory cannot be used, or another process has it
    public static AlertService open(AlertConfig config, InstantSource clock) throws IOException {
        return open(config, AlertAuditRecorder.NONE, clock);
    }

    /// Connects the channels; nothing is sent before [#start].
    public void deliver(BackgroundTasks tasks, List<AlertChannel> channels) {
        tell(tasks, channels, DeliveryRetryPolicy.USUAL);
    }

    /// Starts to record and to send alerts, including those raised before.
    public void start(BackgroundTasks tasks, AlertAuditRecorder where) {
        record = where;
        // A failure of this task cannot be an alert; instead, it makes the server not ready.
        task =
                tasks.required()
                        .thread(
                                "alerts",
                                () -> {
                                    look();
                                    incoming.await(LOOK_MILLIS);
                                    return Duration.ZERO;
                                });
    }

    /// A service whose [#look] the caller must call.
    static AlertService open(AlertConfig config, AlertAuditRecorder record, InstantSource clock)
            throws IOException {
        AlertStore folder = new AlertStore(config.directory());
        folder.create();
        ProcessLock lock =
                folder.lock()
                        .orElseThrow(
                                () ->
                                        new IOException(
                                                config.directory()
                                                        + " is in use by another process: give"
                                                        + " each server its own"
                                                        + " alerts.directory"));
        try {
            return new AlertService(config, record, clock, lock);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    void tell(BackgroundTasks tasks, List<AlertChannel> channels, DeliveryRetryPolicy retries) {
        AlertDelivery.Outcome outcome = new Outcome();
        channels.forEach(
                channel -> deliveries.add(AlertDelivery.start(tasks, channel, retries, outcome)));
    }

    @Override
    public void raise(Incident incident) {
        incoming.add(incident);
    }

    @Override
    public void end(Incident.Kind kind, String about) {
        incoming.end(kind, about);
    }

    /// One cycle: incidents raised and ended, escalations, acknowledgements by commands,
    /// deliveries.
    synchronized void look() {
        Instant now = clock.instant();
        List<AlertNotification> notices = new ArrayList<>();
        for (IncidentQueue.Told told : incoming.take()) {
            take(told, now).ifPresent(notices::add);
        }
        notices.addAll(registry.announceEnds(now));
        notices.addAll(registry.escalate(now));
        notices.forEach(this::recordOrGoOn);
        save(!notices.isEmpty(), now);
        notices.forEach(notice -> offer(notice, now));
        requests.handleAll(this);
        offerAgain(now);
        remind(now);
    }

    private Optional<AlertNotification> take(IncidentQueue.Told told, Instant now) {
        Optional<AlertNotification> news = Optional.empty();
        if (told.endedBefore()) {
            end(told, now);
        }
        if (told.incident() != null) {
            unsaved = true;
            news = registry.raise(told.incident(), told.times(), now);
        }
        if (told.endedAfter()) {
            end(told, now);
        }
        return news;
    }

    private void end(IncidentQueue.Told told, Instant now) {
        if (registry.end(told.kind(), told.about(), now)) {
            unsaved = true;
        }
    }

    private void recordOrGoOn(AlertNotification notice) {
        try {
            record.about(notice);
        } catch (RuntimeException e) {
            LOG.error("alert {} is not in the audit log", notice.alert().id(), e);
        }
    }

    /// A disk failure must not prevent people from being alerted.
    private void save(boolean now, Instant at) {
        if (!now && (!unsaved || at.isBefore(saved.plus(COUNT_LAG)))) {
            return;
        }
        try {
            folder.write(registry.all());
            unsaved = false;
        } catch (IOException e) {
            unsaved = true;
            LOG.error("alerts could not be written to disk and would not survive a restart", e);
        }
        saved = at;
    }

    private void offer(AlertNotification notice, Instant now) {
        for (AlertDelivery delivery : deliveries) {
            offered.put(key(notice.alert(), delivery), now);
            delivery.offer(notice);
        }
    }

    private void offerAgain(Instant now) {
        offered.values().removeIf(last -> !now.isBefore(last.plus(OFFER_AGAIN)));
        List<AlertNotification> news = registry.news(now);
        for (AlertDelivery delivery : deliveries) {
            for (AlertNotification notice : news) {
                Alert alert = notice.alert();
                if (!alert.urgency().told().contains(delivery.name())
                        && offered.putIfAbsent(key(alert, delivery), now) == null) {
                    delivery.offer(notice);
                }
            }
        }
    }

    private void remind(Instant now) {
        if (now.isBefore(reminded.plus(REMIND))) {
            return;
        }
        reminded = now;
        for (Alert alert : registry.open()) {
            deliveries.stream()
                    .filter(it -> it.forgets() && alert.urgency().told().contains(it.name()))
                    .forEach(
                            it ->
                                    it.offer(
                                            new AlertNotification(
                                                    AlertNotification.Reason.STILL_OPEN, alert)));
        }
    }

    private static String key(Alert alert, AlertDelivery delivery) {
        return alert.id() + " " + delivery.name();
    }

    @Override
    public synchronized List<Alert> open() {
        return registry.open();
    }

    @Override
    public synchronized List<Alert> ended() {
        return registry.ended();
    }

    @Override
    public synchronized List<Alert> acknowledged() {
        return registry.acknowledged();
    }

    @Override
    public synchronized Alert acknowledge(String id, String by, String note) throws UnknownAlert {
        Instant now = clock.instant();
        Acknowledgement taken = AlertAcknowledger.of(by, note, now);
        Optional<AlertNotification> notice = AlertAcknowledger.take(registry, record, id, taken);
        notice.ifPresent(
                it -> {
                    save(true, now);
                    offered.keySet().removeIf(key -> key.startsWith(id + " "));
                    deliveries.forEach(delivery -> delivery.offer(it));
                });
        return registry.find(id).orElseThrow(() -> new UnknownAlert(id));
    }

    @Override
    public List<AlertChannelState> channels() {
        return deliveries.stream().map(AlertDelivery::state).toList();
    }

    @Override
    public long lost() {
        return incoming.lost();
    }

    private synchronized void told(AlertNotification notice, String channel) {
        registry.told(notice, channel);
        unsaved = true;
    }

    /// Handles the last incidents, and waits briefly for the channels to finish.
    @Override
    public void close() throws IOException {
        if (task != null) {
            task.stop();
            incoming.wake();
            // Not interrupted: an interrupt during a write would close the file.
            task.close();
        }
        look();
        deliveries.forEach(AlertDelivery::close);
        synchronized (this) {
            save(true, clock.instant());
        }
        folderLock.close();
    }

    private final class Outcome implements AlertDelivery.Outcome {
        @Override
        public void taken(AlertNotification notice, String channel) {
            told(notice, channel);
            end(Incident.Kind.ALERT_CHANNEL, channel);
        }

        @Override
        public void failed(AlertNotification notice, String channel, String why) {
            raise(
                    new Incident(
                            Incident.Kind.ALERT_CHANNEL,
                            channel,
                            "Alert %s (%s) did not go through: %s. Other channels have it; repair"
                                            .formatted(
                                                    notice.alert().id(), notice.alert().kind(), why)
                                    + " this one, it is offered open alerts every 10 minutes."));
        }
    }

    /// Incidents raised and ended since the last cycle, equal ones together. Thread-safe; raising
    /// holds a lock only for a map access, never for I/O.
    static final class IncidentQueue {
        /// Maximum number of different incidents; only a malfunctioning program has more.
        static final int MAX_DIFFERENT = 10_000;

        /// Ends alone leave the remaining room to raised incidents.
        static final int MAX_ENDS = MAX_DIFFERENT / 2;

        private record Key(Incident.Kind kind, String about) {}

        /// Everything of one kind about one subject since the last cycle, in this order: an end of
        /// the previous alert, a number of raises, an end of those. An end between two raises is
        /// left out: the cause was back before the next cycle.
        ///
        /// @param incident as raised last; null if it was only ended
        record Told(
                Incident.Kind kind,
                String about,
                boolean endedBefore,
                @Nullable Incident incident,
                long times,
                boolean endedAfter) {
            private Told raised(Incident again) {
                return new Told(kind, about, endedBefore, again, times + 1, false);
            }

            private Told ended() {
                return incident == null
                        ? this
                        : new Told(kind, about, endedBefore, incident, times, true);
            }
        }

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition arrived = lock.newCondition();
        private Map<Key, Told> told = new LinkedHashMap<>();
        private boolean awaited = true;
        private boolean raised;
        private long lost;

        void add(Incident incident) {
            lock.lock();
            try {
                Key key = new Key(incident.kind(), incident.about());
                Told before = told.get(key);
                if (before != null) {
                    told.put(key, before.raised(incident));
                } else if (isFull(MAX_DIFFERENT)) {
                    return;
                } else {
                    told.put(key, new Told(key.kind(), key.about(), false, incident, 1, false));
                }
                raised = true;
                arrived.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /// Does not wake the thread: an end can wait for the next cycle, and code that finds its
        /// subject in order calls this often.
        void end(Incident.Kind kind, String about) {
            lock.lock();
            try {
                Key key = new Key(kind, Incident.cutAbout(about));
                Told before = told.get(key);
                if (before != null) {
                    told.put(key, before.ended());
                } else if (!isFull(MAX_ENDS)) {
                    told.put(key, new Told(kind, key.about(), true, null, 0, false));
                }
            } finally {
                lock.unlock();
            }
        }

        private boolean isFull(int most) {
            if (told.size() < most) {
                return false;
            }
            lost++;
            return true;
        }

        /// Returns and removes all entries.
        Iterable<Told> take() {
            lock.lock();
            try {
                Iterable<Told> taken = told.values();
                told = new LinkedHashMap<>();
                raised = false;
                return taken;
            } finally {
                lock.unlock();
            }
        }

        /// Returns when something was raised, after the timeout, or after [#wake].
        @SuppressWarnings("WaitNotInLoop")
        void await(long millis) throws InterruptedException {
            lock.lock();
            try {
                if (!raised && awaited) {
                    // The caller processes everything, whatever the reason.
                    var _ = arrived.await(millis, TimeUnit.MILLISECONDS);
                }
                awaited = true;
            } finally {
                lock.unlock();
            }
        }

        void wake() {
            lock.lock();
            try {
                awaited = false;
                arrived.signalAll();
            } finally {
                lock.unlock();
            }
        }

        long lost() {
            lock.lock();
            try {
                return lost;
            } finally {
                lock.unlock();
            }
        }
    }
}
