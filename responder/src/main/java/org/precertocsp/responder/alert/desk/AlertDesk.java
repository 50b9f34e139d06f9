package org.precertocsp.responder.alert.desk;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Acknowledgement;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertChannel;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.alert.ChannelState;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.alert.Notice;
import org.precertocsp.responder.io.ProcessLock;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes alerts of incidents, keeps them, notifies the channels, and repeats that until a person
/// acknowledges or the cause is gone. Runs until closed.
///
/// Raising only queues the incident; a thread of its own does the rest, so neither disk nor channel
/// delays the caller.
public final class AlertDesk implements Alarm, Alerts, AutoCloseable {
    /// A channel that has not taken an alert is offered it again so often.
    static final Duration OFFER_AGAIN = Duration.ofMinutes(10);

    static final Duration REMIND = Duration.ofMinutes(1);

    /// How long a mere count may be behind on disk.
    private static final Duration COUNT_LAG = Duration.ofSeconds(5);

    private static final long LOOK_MILLIS = 250;
    private static final Logger LOG = LoggerFactory.getLogger(AlertDesk.class);

    private final AlertFolder folder;
    private final ProcessLock folderLock;
    private volatile AlertRecord record;
    private final InstantSource clock;
    private final Incoming incoming = new Incoming();
    private final AckRequests requests;
    private final List<Delivery> deliveries = new ArrayList<>();
    private final Map<String, Instant> offered = new HashMap<>();
    private final AlertBook book;
    private BackgroundTasks.@Nullable Task task;
    private boolean unsaved;
    private Instant saved = Instant.EPOCH;
    private Instant reminded = Instant.EPOCH;

    private AlertDesk(
            AlertConfig config, AlertRecord record, InstantSource clock, ProcessLock folderLock)
            throws IOException {
        this.folder = new AlertFolder(config.directory());
        this.folderLock = folderLock;
        this.record = record;
        this.clock = clock;
        this.requests = new AckRequests(folder.acks());
        this.book = new AlertBook(config, known(), new SecureRandom()::nextInt);
    }

    /// Of earlier runs. A damaged file keeps nobody from being answered: it is an alert itself.
    private List<Alert> known() throws IOException {
        try {
            return folder.read();
        } catch (AlertFolder.Damaged e) {
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
    /// @throws IOException the folder cannot be used or another process has it
    public static AlertDesk start(
            BackgroundTasks tasks,
            AlertConfig config,
            List<AlertChannel> channels,
            AlertRecord record,
            InstantSource clock)
            throws IOException {
        AlertDesk desk = open(config, clock);
        desk.deliver(tasks, channels);
        desk.start(tasks, record);
        return desk;
    }

    /// The first of three steps, for a server whose other parts raise alerts while they start: this
    /// takes incidents down from now on, [#deliver] connects the channels, and [#start] begins to
    /// record and to send. The audit log is opened between the second and the third, since it
    /// raises alerts and they are recorded in it.
    ///
    /// One that is closed before it is started sends what was raised all the same, unrecorded.
    ///
    /// @throws IOException the folder cannot be used or another process has it
    public static AlertDesk open(AlertConfig config, InstantSource clock) throws IOException {
        return open(config, AlertRecord.NONE, clock);
    }

    /// Connects the channels; nothing is sent before [#start].
    public void deliver(BackgroundTasks tasks, List<AlertChannel> channels) {
        tell(tasks, channels, Retries.USUAL);
    }

    /// Begins to record what was and is raised, and to send it.
    public void start(BackgroundTasks tasks, AlertRecord where) {
        record = where;
        // A failure of this task cannot be an alert; it makes the server not ready instead.
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

    /// One whose [#look] somebody else calls.
    static AlertDesk open(AlertConfig config, AlertRecord record, InstantSource clock)
            throws IOException {
        AlertFolder folder = new AlertFolder(config.directory());
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
            return new AlertDesk(config, record, clock, lock);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    void tell(BackgroundTasks tasks, List<AlertChannel> channels, Retries retries) {
        Delivery.Outcome outcome = new Outcome();
        channels.forEach(
                channel -> deliveries.add(Delivery.start(tasks, channel, retries, outcome)));
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
        List<Notice> notices = new ArrayList<>();
        for (Incoming.Told told : incoming.take()) {
            take(told, now).ifPresent(notices::add);
        }
        notices.addAll(book.announceEnds(now));
        notices.addAll(book.escalate(now));
        notices.forEach(this::recordOrGoOn);
        save(!notices.isEmpty(), now);
        notices.forEach(notice -> offer(notice, now));
        requests.handleAll(this);
        offerAgain(now);
        remind(now);
    }

    private Optional<Notice> take(Incoming.Told told, Instant now) {
        Optional<Notice> news = Optional.empty();
        if (told.endedBefore()) {
            end(told, now);
        }
        if (told.incident() != null) {
            unsaved = true;
            news = book.raise(told.incident(), told.times(), now);
        }
        if (told.endedAfter()) {
            end(told, now);
        }
        return news;
    }

    private void end(Incoming.Told told, Instant now) {
        if (book.end(told.kind(), told.about(), now)) {
            unsaved = true;
        }
    }

    private void recordOrGoOn(Notice notice) {
        try {
            record.about(notice);
        } catch (RuntimeException e) {
            LOG.error("alert {} is not in the audit log", notice.alert().id(), e);
        }
    }

    /// A disk that fails must not keep people from being alerted.
    private void save(boolean now, Instant at) {
        if (!now && (!unsaved || at.isBefore(saved.plus(COUNT_LAG)))) {
            return;
        }
        try {
            folder.write(book.all());
            unsaved = false;
        } catch (IOException e) {
            unsaved = true;
            LOG.error("alerts could not be written to disk and would not survive a restart", e);
        }
        saved = at;
    }

    private void offer(Notice notice, Instant now) {
        for (Delivery delivery : deliveries) {
            offered.put(key(notice.alert(), delivery), now);
            delivery.offer(notice);
        }
    }

    private void offerAgain(Instant now) {
        offered.values().removeIf(last -> !now.isBefore(last.plus(OFFER_AGAIN)));
        List<Notice> news = book.news(now);
        for (Delivery delivery : deliveries) {
            for (Notice notice : news) {
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
        for (Alert alert : book.open()) {
            deliveries.stream()
                    .filter(it -> it.forgets() && alert.urgency().told().contains(it.name()))
                    .forEach(it -> it.offer(new Notice(Notice.Reason.STILL_OPEN, alert)));
        }
    }

    private static String key(Alert alert, Delivery delivery) {
        return alert.id() + " " + delivery.name();
    }

    @Override
    public synchronized List<Alert> open() {
        return book.open();
    }

    @Override
    public synchronized List<Alert> ended() {
        return book.ended();
    }

    @Override
    public synchronized List<Alert> acknowledged() {
        return book.acknowledged();
    }

    @Override
    public synchronized Optional<Alert> find(String id) {
        return book.find(id);
    }

    @Override
    public synchronized Alert acknowledge(String id, String by, String note) throws UnknownAlert {
        Instant now = clock.instant();
        Acknowledgement taken = Acknowledging.of(by, note, now);
        Optional<Notice> notice = Acknowledging.take(book, record, id, taken);
        notice.ifPresent(
                it -> {
                    save(true, now);
                    offered.keySet().removeIf(key -> key.startsWith(id + " "));
                    deliveries.forEach(delivery -> delivery.offer(it));
                });
        return book.find(id).orElseThrow(() -> new UnknownAlert(id));
    }

    @Override
    public List<ChannelState> channels() {
        return deliveries.stream().map(Delivery::state).toList();
    }

    @Override
    public long lost() {
        return incoming.lost();
    }

    private synchronized void told(Notice notice, String channel) {
        book.told(notice, channel);
        unsaved = true;
    }

    /// Handles what was raised last, and lets channels finish for a moment.
    @Override
    public void close() throws IOException {
        if (task != null) {
            task.stop();
            incoming.wake();
            // Not interrupted: an interrupt in the middle of a write would close the file.
            task.close();
        }
        look();
        deliveries.forEach(Delivery::close);
        synchronized (this) {
            save(true, clock.instant());
        }
        folderLock.close();
    }

    private final class Outcome implements Delivery.Outcome {
        @Override
        public void taken(Notice notice, String channel) {
            told(notice, channel);
            end(Incident.Kind.ALERT_CHANNEL, channel);
        }

        @Override
        public void failed(Notice notice, String channel, String why) {
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
}
