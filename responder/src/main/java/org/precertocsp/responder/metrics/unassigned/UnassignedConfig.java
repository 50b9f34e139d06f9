package org.precertocsp.responder.metrics.unassigned;

import java.nio.file.Path;
import java.time.Duration;

/// Monitoring of requests for unassigned serials.
///
/// @param directory for the counts of each hour
/// @param keep how long they are kept
/// @param factor a surge is this many times the usual number
/// @param least minimum number of requests in ten minutes for a surge
public record UnassignedConfig(Path directory, Duration keep, int factor, int least) {}
