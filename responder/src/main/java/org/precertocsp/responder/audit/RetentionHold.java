package org.precertocsp.responder.audit;

import java.time.Instant;

/// Why a record must stay.
///
/// @param rule by its number in the requirement list
/// @param what it is about
/// @param until when it may go; [Instant#MAX] where that cannot be told
public record RetentionHold(String rule, String what, Instant until) {
    @Override
    public String toString() {
        return until.equals(Instant.MAX)
                ? "%s keeps %s, for as long as its issuer's end is not known: name the issuer in the"
                                .formatted(rule, what)
                        + " configuration"
                : "%s keeps %s until %s".formatted(rule, what, until);
    }
}
