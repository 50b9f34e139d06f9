package org.precertocsp.responder.http;

import java.time.InstantSource;

/// What every connection of one server shares.
record Endpoint(
        HttpConfig config, Answerer answerer, OpenConnections connections, InstantSource clock) {}
