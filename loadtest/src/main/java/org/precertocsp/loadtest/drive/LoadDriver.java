package org.precertocsp.loadtest.drive;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
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
        requireListening(plan.target());
        Samples samples = new Samples(supply, check);
        try (Ledger ledger = new Ledger(plan, progress, samples);
                PacedLoop loop = PacedLoop.start()) {
            Engine engine = new Engine(plan, supply, ledger, samples, loop.eventLoop());
            loop.run(engine, engine::start);
            Engine.End end = engine.end().get();
            return ledger.finish(end.measured(), end.cost());
        } catch (ExecutionException e) {
            throw new IllegalStateException("the event loop ended before the run did", e);
        }
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
