package org.precertocsp.responder.admin;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Monitors free space on the volumes the server writes to. Low space raises an alert before
/// anything fails. Signatures and their records, of which clients can cause any number, stop while
/// there is still a reserve, so that revocations and their records can still be written.
///
/// Directories on one volume share an alert. [#check] is called by one thread, other methods by
/// any.
public final class DiskSpaceMonitor {
    public static final Duration CHECK_EVERY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(DiskSpaceMonitor.class);

    /// How much space must be free.
    ///
    /// @param warn bytes below which an alert is raised; empty: a gigabyte, but at most a tenth of
    ///   the volume
    /// @param reserve bytes below which signatures stop; empty: a quarter of a gigabyte, but at
    ///   most a fortieth of the volume
    public record Limits(OptionalLong warn, OptionalLong reserve) {
        private static final long WARN = 1_000_000_000;
        private static final long RESERVE = 250_000_000;

        /// The defaults.
        public static final Limits USUAL = new Limits(OptionalLong.empty(), OptionalLong.empty());

        long warn(Space space) {
            return Math.max(warn.orElse(Math.min(WARN, space.total() / 10)), reserve(space));
        }

        long reserve(Space space) {
            return reserve.orElse(Math.min(RESERVE, space.total() / 40));
        }
    }

    /// The space of a volume, in bytes.
    ///
    /// @param usable by this process
    record Space(long total, long usable) {}

    /// Reads the space of a volume; tests replace it.
    @FunctionalInterface
    interface Probe {
        Space read(Path folder) throws IOException;
    }

    private enum State {
        ENOUGH,
        LOW,
        /// Only the reserve is left.
        RESERVE
    }

    /// Directories on the same volume.
    private static final class Volume {
        private final Path folder;
        private final List<String> names = new ArrayList<>();
        private State state = State.ENOUGH;
        private boolean checked;
        private boolean unreadable;
        private volatile Optional<String> full = Optional.empty();

        Volume(Path folder) {
            this.folder = folder;
        }

        String about() {
            return String.join(", ", names);
        }
    }

    private final Limits limits;
    private final Alarm alarm;
    private final Probe probe;
    private final Map<String, Volume> byName = new LinkedHashMap<>();
    private final Collection<Volume> volumes;

    private DiskSpaceMonitor(
            Map<String, Path> folders, Limits limits, Alarm alarm, Probe probe, boolean grouped) {
        this.limits = limits;
        this.alarm = alarm;
        this.probe = probe;
        Map<Object, Volume> all = new LinkedHashMap<>();
        folders.forEach(
                (name, folder) -> {
                    Path there = existing(folder);
                    Object store = grouped ? storeOf(there) : there;
                    Volume volume = all.computeIfAbsent(store, _ -> new Volume(there));
                    volume.names.add(name);
                    byName.put(name, volume);
                });
        this.volumes = all.values();
    }

    /// Checks once before it returns.
    ///
    /// @param folders by their names for people, such as `store`; they need not exist yet
    public static DiskSpaceMonitor of(Map<String, Path> folders, Limits limits, Alarm alarm) {
        DiskSpaceMonitor monitor =
                new DiskSpaceMonitor(folders, limits, alarm, DiskSpaceMonitor::space, true);
        monitor.check();
        return monitor;
    }

    static DiskSpaceMonitor probing(
            Map<String, Path> folders, Limits limits, Alarm alarm, Probe probe) {
        return new DiskSpaceMonitor(folders, limits, alarm, probe, false);
    }

    private static Space space(Path folder) throws IOException {
        FileStore store = Files.getFileStore(existing(folder));
        return new Space(store.getTotalSpace(), store.getUsableSpace());
    }

    /// The directory, or its nearest parent that exists.
    private static Path existing(Path folder) {
        Path at = folder.toAbsolutePath();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }

    private static Object storeOf(Path folder) {
        try {
            return Files.getFileStore(folder);
        } catch (IOException _) {
            // Then it is monitored by itself.
            return folder;
        }
    }

    /// Checks every volume, and raises or ends alerts.
    public void check() {
        volumes.forEach(this::check);
    }

    private void check(Volume volume) {
        Space space;
        try {
            space = probe.read(volume.folder);
            volume.unreadable = false;
        } catch (IOException e) {
            if (!volume.unreadable) {
                volume.unreadable = true;
                LOG.warn("the free space of {} cannot be determined", volume.folder, e);
            }
            return;
        }
        State now = judge(volume.state, space);
        boolean first = !volume.checked;
        volume.checked = true;
        if (first && now == State.ENOUGH) {
            // An earlier process may have raised it.
            alarm.end(Incident.Kind.DISK_SPACE, volume.about());
        }
        if (now == volume.state) {
            return;
        }
        volume.state = now;
        String what = what(volume, space, now);
        volume.full = now == State.RESERVE ? Optional.of(what) : Optional.empty();
        if (now == State.ENOUGH) {
            LOG.info("{}", what);
            alarm.end(Incident.Kind.DISK_SPACE, volume.about());
        } else {
            LOG.error("{}", what);
            alarm.raise(new Incident(Incident.Kind.DISK_SPACE, volume.about(), what));
        }
    }

    /// Low space ends only at a quarter more than the limit, so that a file that comes and goes
    /// does not raise an alert each time.
    private State judge(State before, Space space) {
        long warn = limits.warn(space);
        long reserve = limits.reserve(space);
        boolean low = space.usable() < (before == State.ENOUGH ? warn : warn + warn / 4);
        boolean full = space.usable() < (before == State.RESERVE ? reserve + reserve / 4 : reserve);
        return full ? State.RESERVE : low ? State.LOW : State.ENOUGH;
    }

    private String what(Volume volume, Space space, State state) {
        String left =
                "the volume of %s (%s) has %s of %s left"
                        .formatted(
                                volume.about(),
                                volume.folder,
                                megabytes(space.usable()),
                                megabytes(space.total()));
        return switch (state) {
            case ENOUGH -> left + ", which is enough again";
            case LOW ->
                    left
                            + ", less than %s. Free space or enlarge it; below %s no new signatures are made"
                                    .formatted(
                                            megabytes(limits.warn(space)),
                                            megabytes(limits.reserve(space)));
            case RESERVE ->
                    left
                            + ": the rest is reserved for revocations and their records. No new"
                            + " signatures are made; clients receive stored responses or tryLater."
                            + " Free space or enlarge it; signing resumes by itself";
        };
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", bytes / 1_000_000);
    }

    /// Why only urgent data may be written to a directory now, or empty. Never blocks.
    public Supplier<Optional<String>> full(String name) {
        Volume volume = byName.get(name);
        if (volume == null) {
            throw new IllegalArgumentException("no directory has the name " + name);
        }
        return () -> volume.full;
    }
}
