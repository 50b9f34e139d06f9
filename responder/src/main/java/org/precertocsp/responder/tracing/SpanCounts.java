package org.precertocsp.responder.tracing;

/// How many spans there were since start.
///
/// @param sent a collector took them
/// @param full given up, since as many as may were waiting already
/// @param failed the collector was not reached, or did not take them
public record SpanCounts(long sent, long full, long failed) {
    public static final SpanCounts NONE = new SpanCounts(0, 0, 0);
}
