/// Parsing and filtering of Certificate Transparency log entries.
@NullMarked
package org.precertocsp.responder.intake.ctlog.entry;

import org.jspecify.annotations.NullMarked;

