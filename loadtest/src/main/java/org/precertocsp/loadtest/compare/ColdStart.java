package org.precertocsp.loadtest.compare;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.drive.LoadTestResult;
import org.precertocsp.loadtest.peers.PeerException;
import org.precertocsp.loadtest.peers.RunningPeer;

/// The first seconds of a server that has just started, in every round anew: two contestants, of
/// which the first starts the server and measures it, and the second tells the rest.
///
/// Its classes are not compiled, and nothing is in its memory; the files it reads may be in the
/// machine's.
final class ColdStart {
    /// Starts a server of its own; no other may have its store open.
    @FunctionalInterface
    interface Starter {
        RunningPeer start() throws PeerException, InterruptedException;
    }

    /// Drives a server.
    @FunctionalInterface
    interface Load {
        LoadTestResult run(RunningPeer server, Duration time)
                throws PeerException, InterruptedException;
    }

    private final String name;
    private final Duration time;
    private final Starter starter;
    private final Load load;
    private @Nullable Measurement whole;

    /// @param time from the server's first answer on
    ColdStart(String name, Duration time, Starter starter, Load load) {
        this.name = name;
        this.time = time;
        this.starter = starter;
        this.load = load;
    }

    String firstSecond() {
        return name + ", first second";
    }

    String firstSeconds() {
        return "%s, first %d s".formatted(name, time.toSeconds());
    }

    List<Contestant> contestants() {
        return List.of(new Part(firstSecond(), true), new Part(firstSeconds(), false));
    }

    private Measurement first() throws PeerException, InterruptedException {
        try (RunningPeer server = starter.start()) {
            Duration before = server.use().cpu();
            LoadTestResult run = load.run(server, time);
            Measurement all = Measurement.of(run, server.use().cpu().minus(before));
            whole = all;
            return all.at(run.timeline().getFirst().throughput());
        }
    }

    private final class Part implements Contestant {
        private final String partName;
        private final boolean first;

        Part(String partName, boolean first) {
            this.partName = partName;
            this.first = first;
        }

        @Override
        public String name() {
            return partName;
        }

        @Override
        public Measurement measure(Duration ignored) throws PeerException, InterruptedException {
            if (first) {
                return first();
            }
            Measurement measured = whole;
            if (measured == null) {
                throw new IllegalStateException(partName + " is measured after the first second");
            }
            return measured;
        }
    }
}
