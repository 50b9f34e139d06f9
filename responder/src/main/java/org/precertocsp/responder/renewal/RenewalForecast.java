package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The planned renewals, from at most [#MAX_COUNTED] entries of the queue.
///
/// @param next time of the earliest
/// @param inHour how many are planned within an hour
/// @param inDay how many within a day
/// @param countedTo where counting ended if that is before the end of the day: more are planned
///   after it
public record RenewalForecast(
        Optional<Instant> next, int inHour, int inDay, Optional<Instant> countedTo) {
    /// Takes at most some tens of milliseconds to read.
    public static final int MAX_COUNTED = 10_000;

    /// @param planned times after `now`, earliest first: all there are, or the first [#MAX_COUNTED]
    static RenewalForecast of(Instant now, List<Instant> planned) {
        Instant day = now.plus(Duration.ofDays(1));
        int inDay = until(day, planned);
        return new RenewalForecast(
                planned.stream().findFirst(),
                until(now.plus(Duration.ofHours(1)), planned),
                inDay,
                inDay < MAX_COUNTED ? Optional.empty() : Optional.of(planned.getLast()));
    }

    private static int until(Instant end, List<Instant> planned) {
        return (int) planned.stream().takeWhile(it -> !it.isAfter(end)).count();
    }
}
