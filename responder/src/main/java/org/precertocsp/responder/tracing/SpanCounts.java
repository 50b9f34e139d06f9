package org.precertocsp.responder.tracing;

/// The number of spans since the start.
///
/// @param sent a collector accepted them
/// @param full dropped, since the queue was full
/// @param failed the collector could not be reached, or did not accept them
public record SpanCounts(long sent, long full, long failed) {
    public static final SpanCounts NONE = new SpanCounts(0, 0, 0);
}
