/// Where the time of a request went, told to a collector that speaks OpenTelemetry's protocol. Off
/// unless configured; then nothing of this package stands on the way of an answer.
///
/// Spans carry how long, by which way and with what outcome. They never carry serials, client
/// addresses or anything else of a request: those are customers' data.
@NullMarked
package org.precertocsp.responder.tracing;

import org.jspecify.annotations.NullMarked;
