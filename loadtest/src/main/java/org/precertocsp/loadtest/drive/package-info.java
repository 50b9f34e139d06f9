/// The driver: sends requests on a schedule from one thread and measures the answers.
///
/// Start at [LoadDriver], which runs one plan, then read [LoadEngine], the run itself. It knows
/// HTTP but not the meaning of an answer; sampled answers are checked through [AnswerVerifier]
/// after the run.
///
/// The hard idea is the intended send time. Latency counts from the moment a request was due, not
/// from when it was sent: a request that finds no free connection waits in the [SendSchedule], and
/// its wait is counted. A driver that waits for a stalled server before sending the next request
/// would record one slow answer where real clients would have seen hundreds. For the same reason
/// the loop polls instead of sleeping while a request is due soon: a thread wakes up tens of
/// microseconds late, which would be counted as latency of the server.
///
/// The event loop does nothing that takes long: [ResultCollector] merges histograms on a thread of
/// its own, and [AnswerSamples] keeps answers until the run is over.
@NullMarked
package org.precertocsp.loadtest.drive;

import org.jspecify.annotations.NullMarked;
