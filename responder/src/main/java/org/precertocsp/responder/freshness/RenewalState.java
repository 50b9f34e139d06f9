package org.precertocsp.responder.freshness;

import java.time.Duration;
import java.util.Optional;

/// How one issuer's renewals fare; a moment's view.
///
/// @param lag of the oldest renewal whose planned time has passed; grows while nothing is settled
/// @param overdue why an operator must look: stored responses passed their deadline, or the worker
///   makes no progress
/// @param backlog true if more was due than could be looked at in one go
/// @param signed responses since start
/// @param failures to sign or to write since start, each of which was tried again
/// @param failing true while the last attempt failed
/// @param ahead what was planned at the last look, a moment ago; none before the first
public record RenewalState(
        String issuer,
        Duration lag,
        Optional<String> overdue,
        boolean backlog,
        long signed,
        long failures,
        boolean failing,
        Optional<RenewalHorizon> ahead) {}
