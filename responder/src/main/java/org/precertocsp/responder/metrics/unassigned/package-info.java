/// Counts requests for serials that no certificate has (BR 4.9.9 recommends to monitor them),
/// reports the most requested serials, and alerts when there are unusually many requests.
///
/// Start at [UnassignedMonitor]. Answering threads must not wait for statistics, so each writes the
/// serials into a ring buffer of its own (`SerialRingBuffer`); one thread empties the rings ten
/// times a second into sketches of constant size (`SerialRequestSketch`), writes each hour to disk
/// (`HourlyCountStore`) and compares each minute with the usual number (`SurgeDetector`). When a
/// ring is full the serial is lost, but its request is still counted.
///
/// [UnassignedReport] reads the hours back for the command line; [StixBundle] writes it as STIX 2.1
/// for others. No client address is kept.
@NullMarked
package org.precertocsp.responder.metrics.unassigned;

import org.jspecify.annotations.NullMarked;
