package org.precertocsp.loadtest.compare;

import java.time.Duration;
import java.util.function.BiConsumer;
import org.precertocsp.loadtest.drive.AnswerCheck;
import org.precertocsp.loadtest.drive.Connections;
import org.precertocsp.loadtest.drive.LoadDriver;
import org.precertocsp.loadtest.drive.LoadPlan;
import org.precertocsp.loadtest.drive.LoadRun;
import org.precertocsp.loadtest.drive.Pace;
import org.precertocsp.loadtest.drive.Progress;
import org.precertocsp.loadtest.drive.TargetUnreachable;
import org.precertocsp.loadtest.peers.PeerFailed;
import org.precertocsp.loadtest.peers.RunningPeer;
import org.precertocsp.loadtest.requests.RequestSupply;
import org.precertocsp.loadtest.requests.Target;

/// A server under load.
///
/// @param runs receives every run, for the report
public record DrivenSide(
        String name,
        RunningPeer peer,
        Questions questions,
        Connections connections,
        Pace pace,
        BiConsumer<String, LoadRun> runs)
        implements Side {
    /// @param check what answers must be; accepts all where bytes, not answers, are compared
    /// @param verifyEvery one in so many answers is checked completely
    public record Questions(RequestSupply supply, AnswerCheck check, int verifyEvery) {
        private static final int FEW = 1_000;

        public Questions(RequestSupply supply, AnswerCheck check) {
            this(supply, check, FEW);
        }
    }

    DrivenSide at(Pace otherPace) {
        return new DrivenSide(name, peer, questions, connections, otherPace, runs);
    }

    @Override
    public Sample measure(Duration time) throws PeerFailed, InterruptedException {
        LoadPlan plan =
                new LoadPlan(
                        new Target("127.0.0.1", peer.port(), "/"),
                        pace,
                        connections,
                        Duration.ZERO,
                        time,
                        questions.verifyEvery());
        Duration before = peer.use().cpu();
        try {
            LoadRun run =
                    LoadDriver.run(plan, questions.supply(), questions.check(), Progress.SILENT);
            Sample sample = Sample.of(run, peer.use().cpu().minus(before));
            runs.accept(name, run);
            if (!peer.isAlive()) {
                throw new PeerFailed(name + " ended while it was measured");
            }
            return sample;
        } catch (TargetUnreachable e) {
            throw new PeerFailed(name + ": " + e.getMessage(), e);
        }
    }
}
