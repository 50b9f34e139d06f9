package org.precertocsp.responder.unassigned;

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
import org.precertocsp.responder.answer.UnassignedWatch;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches what is asked about serials nobody assigned (BR 4.9.9 SHOULD). Runs until closed.
///
/// Answering threads leave serials in rings of their own; one thread empties them ten times a
/// second, counts, and every minute keeps the hour on disk and looks for a surge. Nobody's address
/// comes this far.
public final class UnassignedMonitor implements UnassignedWatch, AutoCloseable {
    /// Threads that have a ring of their own, of some 200 KB each: event loops, and as many
    /// answering threads as a machine has use for.
    static final int MAX_RINGS = 64;

    private static final Duration DRAIN_EVERY = Duration.ofMillis(100);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(UnassignedMonitor.class);

    /// A ring, and whose it is: with its thread it goes.
    private record Lane(AskedRing ring, Thread writer) {}

    private final UnassignedConfig config;
    private final HourFolder folder;
    private final Map<IssuerKey, String> names;
    private final Alarm alarm;
    private final InstantSource clock;
    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private final ThreadLocal<Sink> sink = ThreadLocal.withInitial(this::newSink);

    // Of all threads beyond the first ones, which take turns.
    private final AskedRing shared = new AskedRing();
    private final Map<AskedRing, Long> lostBefore = new HashMap<>();
    private final Map<String, Surge> surges = new TreeMap<>();
    private final Map<String, Long> totals = new TreeMap<>();
    private final Map<String, Long> thisMinute = new TreeMap<>();
    private BackgroundTasks.@Nullable Task task;
    private Map<String, Asked> hour;
    private Instant hourStart;
    private Instant minuteEnd;

    private UnassignedMonitor(
            UnassignedConfig config, Map<IssuerKey, String> names, Alarm alarm, InstantSource clock)
            throws IOException {
        this.config = config;
        this.folder = new HourFolder(config.directory());
        this.names = Map.copyOf(names);
        this.alarm = alarm;
        this.clock = clock;
        folder.create();
        Instant now = clock.instant();
        this.hourStart = now.truncatedTo(ChronoUnit.HOURS);
        this.hour = folder.read(hourStart);
        this.minuteEnd = now.plus(MINUTE);
        Map<String, Surge.Kept> usual = folder.readUsual();
        for (String issuer : names.values()) {
            Surge.Kept kept = usual.getOrDefault(issuer, new Surge.Kept(0, 0));
            surges.put(issuer, new Surge(config.factor(), config.least(), kept));
        }
    }

    /// @param names of the issuers answered for
    /// @throws IOException the folder cannot be used
    public static UnassignedMonitor start(
            BackgroundTasks tasks,
            UnassignedConfig config,
            Map<IssuerKey, String> names,
            Alarm alarm,
            InstantSource clock)
            throws IOException {
        UnassignedMonitor monitor = open(config, names, alarm, clock);
        monitor.task = tasks.every("unassigned", DRAIN_EVERY, monitor::look);
        return monitor;
    }

    /// One whose [#look] somebody else calls.
    static UnassignedMonitor open(
            UnassignedConfig config, Map<IssuerKey, String> names, Alarm alarm, InstantSource clock)
            throws IOException {
        return new UnassignedMonitor(config, names, alarm, clock);
    }

    @Override
    public void asked(IssuerKey issuer, byte[] source, int offset, int length) {
        sink.get().put(issuer, source, offset, length);
    }

    /// Takes a serial from the calling thread.
    @FunctionalInterface
    private interface Sink {
        void put(IssuerKey issuer, byte[] source, int offset, int length);
    }

    private Sink newSink() {
        if (lanes.size() >= MAX_RINGS) {
            return this::putShared;
        }
        AskedRing made = new AskedRing();
        lanes.add(new Lane(made, Thread.currentThread()));
        return made::put;
    }

    private void putShared(IssuerKey issuer, byte[] source, int offset, int length) {
        synchronized (shared) {
            shared.put(issuer, source, offset, length);
        }
    }

    /// Rings of threads that live, or did a moment ago.
    int rings() {
        return lanes.size();
    }

    /// Empties the rings; where a minute is over, keeps and judges it.
    synchronized void look() {
        Instant now = clock.instant();
        if (!now.truncatedTo(ChronoUnit.HOURS).equals(hourStart)) {
            keep();
            hourStart = now.truncatedTo(ChronoUnit.HOURS);
            hour = new TreeMap<>();
            forget(now);
        }
        lanes.removeIf(this::isEmptied);
        drain(shared);
        if (!now.isBefore(minuteEnd)) {
            minuteEnd = now.plus(MINUTE);
            judge();
            keep();
        }
    }

    /// Empties a ring; true if nobody will write to it any more.
    private boolean isEmptied(Lane lane) {
        boolean ended = !lane.writer().isAlive();
        drain(lane.ring());
        if (ended) {
            lostBefore.remove(lane.ring());
        }
        return ended;
    }

    private void drain(AskedRing from) {
        Map<String, Long> drained = new TreeMap<>();
        from.drain(
                (issuer, source, offset, length) -> {
                    String name = names.get(issuer);
                    if (name != null) {
                        asked(name).add(source, offset, length);
                        drained.merge(name, 1L, Long::sum);
                    }
                });
        // A full ring loses serials, not requests: they are counted as the others were.
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

    private Asked asked(String issuer) {
        return hour.computeIfAbsent(issuer, _ -> new Asked());
    }

    private void judge() {
        surges.forEach(
                (issuer, surge) ->
                        surge.minute(thisMinute.getOrDefault(issuer, 0L))
                                .ifPresentOrElse(
                                        found -> raise(issuer, found),
                                        () -> alarm.end(Incident.Kind.UNASSIGNED_SURGE, issuer)));
        thisMinute.clear();
    }

    private void raise(String issuer, Surge.Found found) {
        alarm.raise(
                new Incident(
                        Incident.Kind.UNASSIGNED_SURGE,
                        issuer,
                        String.format(
                                Locale.ROOT,
                                "%d requests in %d minutes for serials nobody assigned, where %.0f"
                                        + " are usual. See which: precert-ocsp report unassigned"
                                        + " --since 1h. Many different ones are a scan; one asked again"
                                        + " and again may be a certificate the CA does not know of (BR"
                                        + " 4.9.9).",
                                found.requests(),
                                Surge.WINDOW_MINUTES,
                                found.usual())));
    }

    private void keep() {
        try {
            if (!hour.isEmpty()) {
                folder.write(hourStart, hour);
            }
            Map<String, Surge.Kept> usual = new TreeMap<>();
            surges.forEach((issuer, surge) -> usual.put(issuer, surge.kept()));
            folder.writeUsual(usual);
        } catch (IOException e) {
            LOG.error("counts of unassigned serials could not be kept", e);
        }
    }

    private void forget(Instant now) {
        try {
            folder.removeBefore(now.minus(config.keep()));
        } catch (IOException e) {
            LOG.warn("old counts of unassigned serials could not be removed", e);
        }
    }

    /// Of every issuer watched.
    public synchronized List<UnassignedCount> counts() {
        return surges.entrySet().stream()
                .map(
                        entry ->
                                new UnassignedCount(
                                        entry.getKey(),
                                        totals.getOrDefault(entry.getKey(), 0L),
                                        hour.getOrDefault(entry.getKey(), new Asked()).distinct(),
                                        entry.getValue().kept().perMinute() * 60))
                .toList();
    }

    /// Counts what is left and keeps it.
    @Override
    public void close() {
        if (task != null) {
            task.close();
        }
        synchronized (this) {
            look();
            keep();
        }
    }
}
