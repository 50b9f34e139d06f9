package org.precertocsp.responder.ctlog;

import java.time.Duration;
import java.time.Instant;

/// Finds the entry of a log at a date, by binary search: about 30 requests for a billion entries.
public final class LogDateSearch {
    /// Logs incorporate entries within this time, so neighbours may be out of order by as much.
    private static final Duration DISORDER = Duration.ofHours(24);

    private LogDateSearch() {}

    /// The first entry that may be of that date or later; the log's size if there is none. The
    /// timestamps read on the way are not proven. Blocks on the network.
    public static long firstSince(CtLogClient log, LogTreeHead head, Instant date)
            throws LogUnavailableException, MalformedLogResponseException, InterruptedException {
        Instant wanted = date.minus(DISORDER);
        long low = 0;
        long high = head.size();
        while (low < high) {
            long middle = low + (high - low) / 2;
            EntryPage page =
                    log.entries(
                            new CtLogClient.Range(middle, middle + 1), head, IssuerFilter.ANYBODY);
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
