/// Follows Certificate Transparency logs, so that no precertificate stays unanswered because the
/// CA's own feed missed it. Believes nothing of a log but what its signed tree proves.
@NullMarked
package org.precertocsp.responder.intake.ctlog;

import org.jspecify.annotations.NullMarked;
