package org.precertocsp.responder.audit;

import java.time.Instant;

/// The reason why a record must stay.
///
/// @param rule its number in the requirement list
/// @param what the subject of the record
/// @param until when the record may be deleted; [Instant#MAX] if that cannot be determined
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
