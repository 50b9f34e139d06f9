package org.precertocsp.responder.http;

import io.netty.util.concurrent.FastThreadLocal;
import java.time.InstantSource;

/// State shared by every connection of one server.
///
/// @param exchanges one for each event loop
record ServerContext(
        HttpConfig config,
        OcspService answerer,
        ConnectionLimiter connections,
        ConnectionMemoryBudget pending,
        OverloadMonitor overload,
        InstantSource clock,
        FastThreadLocal<EventLoopExchange> exchanges,
        RequestMetrics traffic) {
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
                    protected EventLoopExchange initialValue() {
                        return new EventLoopExchange(
                                config, answering.decoder(), answering.ready(), httpClock, traffic);
                    }

                    @Override
                    protected void onRemoval(EventLoopExchange exchange) {
                        exchange.close();
                    }
                },
                traffic);
    }
}
