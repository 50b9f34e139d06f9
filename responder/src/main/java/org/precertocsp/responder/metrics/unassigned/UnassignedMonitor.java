package org.precertocsp.responder.metrics.unassigned;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.answer.UnassignedSerialListener;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Monitors requests for unassigned serials (BR 4.9.9 SHOULD). Runs until closed.
///
/// Answering threads write serials into ring buffers of their own; one thread empties them ten
/// times a second, counts, and every minute writes the hour to disk and checks for a surge. Client
/// addresses are not passed to it.
public final class UnassignedMonitor implements UnassignedSerialListener, AutoCloseable {
    /// Threads with a ring of their own, about 200 KB each: event loops, and as many answering
    /// threads as a machine can use.
    static final int MAX_RINGS = 64;

    private static final Duration DRAIN_EVERY = Duration.ofMillis(100);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(UnassignedMonitor.class);

    /// A ring and its writer; it is removed when the writer has ended.
    private record Lane(SerialRingBuffer ring, Thread writer) {}

    private final UnassignedConfig config;
    private final HourlyCountStore folder;
    private final Map<IssuerKey, String> names;
    private final Alarm alarm;
    private final InstantSource clock;
    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private final ThreadLocal<Sink> sink = ThreadLocal.withInitial(this::newSink);

    // For all further threads, which synchronise.
    private final SerialRingBuffer shared = new SerialRingBuffer();
    private final Map<SerialRingBuffer, Long> lostBefore = new HashMap<>();
    private final Map<String, SurgeDetector> surges = new TreeMap<>();
    private final Map<String, Long> totals = new TreeMap<>();
    private final Map<String, Long> thisMinute = new TreeMap<>();
    private BackgroundTasks.@Nullable Task task;
    private Map<String, SerialRequestSketch> hour;
    private Instant hourStart;
    private Instant minuteEnd;

    private UnassignedMonitor(
            UnassignedConfig config, Map<IssuerKey, String> names, Alarm alarm, InstantSource clock)
            throws IOException {
        this.config = config;
        this.folder = new HourlyCountStore(config.directory());
        this.names = Map.copyOf(names);
        this.alarm = alarm;
        this.clock = clock;
        folder.create();
        Instant now = clock.instant();
        this.hourStart = now.truncatedTo(ChronoUnit.HOURS);
        this.hour = folder.read(hourStart);
        this.minuteEnd = now.plus(MINUTE);
        Map<String, SurgeDetector.Kept> usual = folder.readUsual();
        for (String issuer : names.values()) {
            SurgeDetector.Kept kept = usual.getOrDefault(issuer, new SurgeDetector.Kept(0, 0));
            surges.put(issuer, new SurgeDetector(config.factor(), config.least(), kept));
        }
    }

    /// @param names of the issuers with a responder
    /// @throws IOException the directory cannot be used
    public static UnassignedMonitor start(
            BackgroundTasks tasks,
            UnassignedConfig config,
            Map<IssuerKey, String> names,
            Alarm alarm,
            InstantSource clock)
            throws IOException {
        UnassignedMonitor monitor = open(config, names, alarm, clock);
        monitor.task = tasks.every("unassigned", DRAIN_EVERY, monitor::update);
        return monitor;
    }

    /// A monitor whose [#update] the caller must call.
    static UnassignedMonitor open(
            UnassignedConfig config, Map<IssuerKey, String> names, Alarm alarm, InstantSource clock)
            throws IOException {
        return new UnassignedMonitor(config, names, alarm, clock);
    }

    @Override
    public void asked(IssuerKey issuer, byte[] source, int offset, int length) {
        sink.get().put(issuer, source, offset, length);
    }

    /// Receives serials from one thread.
    @FunctionalInterface
    private interface Sink {
        void put(IssuerKey issuer, byte[] source, int offset, int length);
    }

    private Sink newSink() {
        if (lanes.size() >= MAX_RINGS) {
            return this::putShared;
        }
        SerialRingBuffer made = new SerialRingBuffer();
        lanes.add(new Lane(made, Thread.currentThread()));
        return made::put;
    }

    private void putShared(IssuerKey issuer, byte[] source, int offset, int length) {
        synchronized (shared) {
            shared.put(issuer, source, offset, length);
        }
    }

    /// Number of rings, including those of threads that have just ended.
    int rings() {
        return lanes.size();
    }

    /// Empties the rings; if a minute is over, checks and stores it.
    synchronized void update() {
        Instant now = clock.instant();
        if (!now.truncatedTo(ChronoUnit.HOURS).equals(hourStart)) {
            save();
            hourStart = now.truncatedTo(ChronoUnit.HOURS);
            hour = new TreeMap<>();
            deleteOld(now);
        }
        lanes.removeIf(this::isEmptied);
        drain(shared);
        if (!now.isBefore(minuteEnd)) {
            minuteEnd = now.plus(MINUTE);
            checkForSurges();
            save();
        }
    }

    /// Empties a ring; true if no thread will write to it any more.
    private boolean isEmptied(Lane lane) {
        boolean ended = !lane.writer().isAlive();
        drain(lane.ring());
        if (ended) {
            lostBefore.remove(lane.ring());
        }
        return ended;
    }

    private void drain(SerialRingBuffer from) {
        Map<String, Long> drained = new TreeMap<>();
        from.drain(
                (issuer, source, offset, length) -> {
                    String name = names.get(issuer);
                    if (name != null) {
                        asked(name).add(source, offset, length);
                        drained.merge(name, 1L, Long::sum);
                    }
                });
        // A full ring loses serials, not requests: these are distributed like the others.
        long lost = from.lost() - lostBefore.getOrDefault(from, 0L);
        lostBefore.put(from, from.lost());
        long all = drained.values().stream().mapToLong(Long::longValue).sum();
        drained.forEach(
                (issuer, count) -> {
                    long unseen = Math.round((double) lost * count / all);
                    asked(issuer).addUnseen(unseen);
                    thisMinute.merge(issuer, count + unseen, Long::sum);
                    totals.merge(issuer, count + unseen, Long::sum);
                });
    }

    private SerialRequestSketch asked(String issuer) {
        return hour.computeIfAbsent(issuer, _ -> new SerialRequestSketch());
    }

    private void checkForSurges() {
        surges.forEach(
                (issuer, surge) ->
                        surge.minute(thisMinute.getOrDefault(issuer, 0L))
                                .ifPresentOrElse(
                                        found -> raise(issuer, found),
                                        () -> alarm.end(Incident.Kind.UNASSIGNED_SURGE, issuer)));
        thisMinute.clear();
    }

    private void raise(String issuer, SurgeDetector.Found found) {
        alarm.raise(
                new Incident(
                        Incident.Kind.UNASSIGNED_SURGE,
                        issuer,
                        String.format(
                                Locale.ROOT,
                                "%d requests in %d minutes for unassigned serials, where %.0f are"
                                        + " usual. List them with: precert-ocsp report unassigned"
                                        + " --since 1h. Many different serials are a scan; one serial"
                                        + " requested repeatedly may be a certificate unknown to the CA"
                                        + " (BR 4.9.9).",
                                found.requests(),
                                SurgeDetector.WINDOW_MINUTES,
                                found.usual())));
    }

    private void save() {
        try {
            if (!hour.isEmpty()) {
                folder.write(hourStart, hour);
            }
            Map<String, SurgeDetector.Kept> usual = new TreeMap<>();
            surges.forEach((issuer, surge) -> usual.put(issuer, surge.kept()));
            folder.writeUsual(usual);
        } catch (IOException e) {
            LOG.error("counts of unassigned serials could not be written", e);
        }
    }

    private void deleteOld(Instant now) {
        try {
            folder.removeBefore(now.minus(config.keep()));
        } catch (IOException e) {
            LOG.warn("old counts of unassigned serials could not be deleted", e);
        }
    }

    /// For every issuer.
    public synchronized List<UnassignedRequestCount> counts() {
        return surges.entrySet().stream()
                .map(
                        entry ->
                                new UnassignedRequestCount(
                                        entry.getKey(),
                                        totals.getOrDefault(entry.getKey(), 0L),
                                        hour.getOrDefault(entry.getKey(), new SerialRequestSketch())
                                                .distinct(),
                                        entry.getValue().kept().perMinute() * 60))
                .toList();
    }

    /// Counts and stores the remaining requests.
    @Override
    public void close() {
        if (task != null) {
            task.close();
        }
        synchronized (this) {
            update();
            save();
        }
    }
}
