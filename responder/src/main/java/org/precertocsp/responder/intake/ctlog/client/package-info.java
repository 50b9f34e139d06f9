/// Clients of Certificate Transparency logs: RFC 6962 and static-ct-api.
@NullMarked
package org.precertocsp.responder.intake.ctlog.client;

import org.jspecify.annotations.NullMarked;

