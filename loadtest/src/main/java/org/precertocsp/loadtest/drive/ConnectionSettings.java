package org.precertocsp.loadtest.drive;

/// @param count connections open at a time
/// @param keepAlive false opens one connection per request
/// @param pipeline requests sent on one connection before the first answer; 1 = no pipelining
public record ConnectionSettings(int count, boolean keepAlive, int pipeline) {
    public static ConnectionSettings keptAlive(int count) {
        return new ConnectionSettings(count, true, 1);
    }
}
