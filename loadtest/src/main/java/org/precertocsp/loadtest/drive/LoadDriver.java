package org.precertocsp.loadtest.drive;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.TargetUrl;

/// Sends requests to one server from one thread and measures the answers.
public final class LoadDriver {
    private static final int CONNECT_LIMIT_MILLIS = 5_000;

    private LoadDriver() {}

    /// Blocks until the run is over. Latency counts from the intended send time: a request that
    /// finds no free connection waits and its wait is counted, so that no stall is omitted.
    ///
    /// @throws TargetUnreachableException if nobody listens there
    public static LoadTestResult run(
            LoadTestPlan plan,
            RequestStream stream,
            AnswerVerifier check,
            RunProgressListener progress)
            throws TargetUnreachableException, InterruptedException {
        // Some servers cannot handle a connection that ends without a request: OpenSSL's spins on
        // it endlessly. With one connection per request, the run itself shows whether any opens.
        if (plan.connections().keepAlive()) {
            requireListening(plan.target());
        }
        AnswerSamples samples = new AnswerSamples(stream, check);
        try (ResultCollector results = new ResultCollector(plan, progress, samples)) {
            LoadEngine.End end = LoadEngine.run(plan, stream, results, samples);
            LoadTestResult run = results.finish(end.measured(), end.cost());
            if (nobodyListened(run.outcome())) {
                throw new TargetUnreachableException(
                        "cannot connect to %s port %d: nobody listens"
                                .formatted(plan.target().host(), plan.target().port()));
            }
            return run;
        }
    }

    private static boolean nobodyListened(LoadTestResult.Outcome outcome) {
        return outcome.completed() == 0
                && outcome.failures().containsKey(RequestFailure.CONNECT)
                && Set.of(RequestFailure.CONNECT, RequestFailure.UNSENT)
                        .containsAll(outcome.failures().keySet());
    }

    private static void requireListening(TargetUrl target) throws TargetUnreachableException {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(target.host(), target.port()), CONNECT_LIMIT_MILLIS);
        } catch (IOException e) {
            throw new TargetUnreachableException(
                    "cannot connect to %s port %d: %s"
                            .formatted(target.host(), target.port(), e.getMessage()),
                    e);
        }
    }
}
