/// Entries of Certificate Transparency logs, from the octets to what concerns our issuers.
@NullMarked
package org.precertocsp.responder.intake.ctlog.entry;

import org.jspecify.annotations.NullMarked;
