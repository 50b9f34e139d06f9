package org.precertocsp.responder.http;

import io.netty.util.concurrent.FastThreadLocal;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// State shared by every connection of one server.
///
/// @param loops one for each event loop
/// @param exchanges makes that of another event loop
record ServerContext(
        HttpConfig config,
        OcspService answerer,
        ConnectionLimiter connections,
        ConnectionMemoryBudget pending,
        OverloadMonitor overload,
        InstantSource clock,
        FastThreadLocal<Loop> loops,
        Supplier<EventLoopExchange> exchanges,
        RequestMetrics traffic) {
    /// State shared by the connections of one event loop.
    record Loop(EventLoopExchange exchange, OcspService.Dispatcher dispatcher) {}

    static ServerContext of(HttpConfig config, OcspServiceConfig answering, InstantSource clock) {
        RequestMetrics traffic = answering.traffic();
        OverloadMonitor overload = answering.overload();
        HttpClock httpClock = new HttpClock(clock);
        return new ServerContext(
                config,
                new OcspService(config, answering, clock),
                new ConnectionLimiter(config, overload),
                new ConnectionMemoryBudget(config, overload),
                overload,
                clock,
                new FastThreadLocal<>() {
                    @Override
                    protected void onRemoval(Loop loop) {
                        loop.exchange().close();
                    }
                },
                () ->
                        new EventLoopExchange(
                                config, answering.decoder(), answering.ready(), httpClock, traffic),
                traffic);
    }

    /// That of an event loop, for calls on it.
    Loop loop(Executor eventLoop) {
        Loop made = loops.getIfExists();
        if (made == null) {
            made = new Loop(exchanges.get(), answerer.dispatcher(eventLoop));
            loops.set(made);
        }
        return made;
    }
}
