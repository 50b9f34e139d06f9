/// Comma-separated revocation and issuance data.
@NullMarked
package org.precertocsp.responder.intake.csv;

import org.jspecify.annotations.NullMarked;
