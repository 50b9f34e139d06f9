package org.precertocsp.loadtest.compare;

import java.time.Duration;
import java.util.function.BiConsumer;
import org.precertocsp.loadtest.drive.AnswerVerifier;
import org.precertocsp.loadtest.drive.ConnectionSettings;
import org.precertocsp.loadtest.drive.LoadDriver;
import org.precertocsp.loadtest.drive.LoadTestPlan;
import org.precertocsp.loadtest.drive.LoadTestResult;
import org.precertocsp.loadtest.drive.RequestPacing;
import org.precertocsp.loadtest.drive.RunProgressListener;
import org.precertocsp.loadtest.drive.TargetUnreachableException;
import org.precertocsp.loadtest.peers.PeerException;
import org.precertocsp.loadtest.peers.RunningPeer;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.TargetUrl;

/// A server under load.
///
/// @param runs receives every run, for the report
public record ServerContestant(
        String name,
        RunningPeer peer,
        Questions questions,
        ConnectionSettings connections,
        RequestPacing pace,
        BiConsumer<String, LoadTestResult> runs)
        implements Contestant {
    /// @param check checks answers; accepts all if bytes, not answers, are compared
    /// @param verifyEvery one in this many answers is checked completely
    public record Questions(RequestStream supply, AnswerVerifier check, int verifyEvery) {
        private static final int FEW = 1_000;

        public Questions(RequestStream supply, AnswerVerifier check) {
            this(supply, check, FEW);
        }
    }

    ServerContestant at(RequestPacing otherPace) {
        return new ServerContestant(name, peer, questions, connections, otherPace, runs);
    }

    ServerContestant named(String otherName) {
        return new ServerContestant(otherName, peer, questions, connections, pace, runs);
    }

    @Override
    public Measurement measure(Duration time) throws PeerException, InterruptedException {
        Duration before = peer.use().cpu();
        LoadTestResult run = drive(peer, time);
        return Measurement.of(run, peer.use().cpu().minus(before));
    }

    /// Sends the same requests to that server.
    LoadTestResult drive(RunningPeer server, Duration time)
            throws PeerException, InterruptedException {
        LoadTestPlan plan =
                new LoadTestPlan(
                        new TargetUrl("127.0.0.1", server.port(), "/"),
                        pace,
                        connections,
                        Duration.ZERO,
                        time,
                        questions.verifyEvery());
        try {
            LoadTestResult run =
                    LoadDriver.run(
                            plan,
                            questions.supply(),
                            questions.check(),
                            RunProgressListener.SILENT);
            runs.accept(name, run);
            if (!server.isAlive()) {
                throw new PeerException(name + " ended while it was measured");
            }
            return run;
        } catch (TargetUnreachableException e) {
            throw new PeerException(name + ": " + e.getMessage(), e);
        }
    }
}
