package org.precertocsp.loadtest.drive;

/// How fast requests are sent.
public sealed interface RequestPacing {
    /// Open loop: on a fixed schedule, whether or not earlier answers have arrived.
    record Rate(double perSecond) implements RequestPacing {}

    /// Closed loop: every connection sends its next request when it has received an answer. Finds
    /// the maximum; its latencies are not those of a service under a given load.
    record Saturate() implements RequestPacing {}
}
