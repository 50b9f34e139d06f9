package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.util.Optional;

/// The current state of one issuer's renewals.
///
/// @param lag of the oldest overdue renewal; grows while nothing is renewed
/// @param overdue a problem for the operator: stored responses passed their deadline, or the worker
///   makes no progress
/// @param backlog true if more was due than fits in one batch
/// @param signed responses since start
/// @param failures to sign or write since start, each of which was retried
/// @param failing true while the last attempt failed
/// @param ahead the latest forecast; empty before the first
public record RenewalState(
        String issuer,
        Duration lag,
        Optional<String> overdue,
        boolean backlog,
        long signed,
        long failures,
        boolean failing,
        Optional<RenewalForecast> ahead) {}
