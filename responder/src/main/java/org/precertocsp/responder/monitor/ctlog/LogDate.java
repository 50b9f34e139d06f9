package org.precertocsp.responder.monitor.ctlog;

import java.time.Duration;
import java.time.Instant;
import org.precertocsp.responder.intake.ctlog.client.CtLog;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.client.MalformedAnswer;
import org.precertocsp.responder.intake.ctlog.entry.EntryPage;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.TreeHead;

/// Finds the entry of a log at a date, by binary search: about 30 requests for a billion entries.
public final class LogDate {
    /// Logs incorporate entries within this time, so neighbours may be out of order by as much.
    private static final Duration DISORDER = Duration.ofHours(24);

    private LogDate() {}

    /// The first entry that may be of that date or later; the log's size if there is none. The
    /// timestamps read on the way are not proven. Blocks on the network.
    public static long firstSince(CtLog log, TreeHead head, Instant date)
            throws LogUnavailable, MalformedAnswer, InterruptedException {
        Instant wanted = date.minus(DISORDER);
        long low = 0;
        long high = head.size();
        while (low < high) {
            long middle = low + (high - low) / 2;
            EntryPage page =
                    log.entries(new CtLog.Range(middle, middle + 1), head, OurIssuers.ANYBODY);
            // An entry that cannot be parsed has no date; reading too much is the safe choice.
            boolean before =
                    page.candidates().stream()
                            .findFirst()
                            .filter(entry -> entry.timestamp().isBefore(wanted))
                            .isPresent();
            if (before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
