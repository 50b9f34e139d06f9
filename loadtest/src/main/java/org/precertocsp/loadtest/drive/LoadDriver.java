package org.precertocsp.loadtest.drive;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.precertocsp.loadtest.requests.RequestSupply;
import org.precertocsp.loadtest.requests.Target;

/// Sends requests to one server from one event loop and measures the answers.
public final class LoadDriver {
    private static final int CONNECT_LIMIT_MILLIS = 5_000;

    private LoadDriver() {}

    /// Blocks until the run is over. Latency counts from the intended send time: a request that
    /// finds no free connection waits and its wait is counted, so that no stall is left out.
    ///
    /// @throws TargetUnreachable if nobody listens there
    public static LoadRun run(
            LoadPlan plan, RequestSupply supply, AnswerCheck check, Progress progress)
            throws TargetUnreachable, InterruptedException {
        // Some servers cannot handle a connection that ends without a request: OpenSSL's spins on
        // it for ever. With one connection per request, the run itself shows whether any opens.
        if (plan.connections().keepAlive()) {
            requireListening(plan.target());
        }
        Samples samples = new Samples(supply, check);
        try (Ledger ledger = new Ledger(plan, progress, samples);
                PacedLoop loop = PacedLoop.start()) {
            Engine engine = new Engine(plan, supply, ledger, samples, loop.eventLoop());
            loop.run(engine, engine::start);
            Engine.End end = engine.end().get();
            LoadRun run = ledger.finish(end.measured(), end.cost());
            if (nobodyListened(run.outcome())) {
                throw new TargetUnreachable(
                        "cannot connect to %s port %d: nobody listens"
                                .formatted(plan.target().host(), plan.target().port()));
            }
            return run;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the event loop ended before the run did", e);
        }
    }

    private static boolean nobodyListened(LoadRun.Outcome outcome) {
        return outcome.completed() == 0
                && outcome.failures().containsKey(Failure.CONNECT)
                && Set.of(Failure.CONNECT, Failure.UNSENT).containsAll(outcome.failures().keySet());
    }

    private static void requireListening(Target target) throws TargetUnreachable {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(target.host(), target.port()), CONNECT_LIMIT_MILLIS);
        } catch (IOException e) {
            throw new TargetUnreachable(
                    "cannot connect to %s port %d: %s"
                            .formatted(target.host(), target.port(), e.getMessage()),
                    e);
        }
    }
}
