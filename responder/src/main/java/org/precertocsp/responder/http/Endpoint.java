package org.precertocsp.responder.http;

import io.netty.util.concurrent.FastThreadLocal;
import java.time.InstantSource;

/// What every connection of one server shares.
///
/// @param exchanges one for each event loop
record Endpoint(
        HttpConfig config,
        Answerer answerer,
        OpenConnections connections,
        PendingBytes pending,
        OverloadMonitor overload,
        InstantSource clock,
        FastThreadLocal<EventLoopExchange> exchanges,
        Traffic traffic) {
    static Endpoint of(HttpConfig config, Answering answering, InstantSource clock) {
        Traffic traffic = answering.traffic();
        OverloadMonitor overload = answering.overload();
        HttpClock httpClock = new HttpClock(clock);
        return new Endpoint(
                config,
                new Answerer(config, answering, clock),
                new OpenConnections(config, overload),
                new PendingBytes(config, overload),
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
