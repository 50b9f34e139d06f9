package org.precertocsp.responder.unassigned;

import java.nio.file.Path;
import java.time.Duration;

/// How requests for unassigned serials are watched.
///
/// @param directory keeps the hours across restarts
/// @param keep how long an hour is kept
/// @param factor a surge is so many times the usual
/// @param least requests in ten minutes below which nothing is a surge
public record UnassignedConfig(Path directory, Duration keep, int factor, int least) {}
