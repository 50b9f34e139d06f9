/// Feeds: what every kind shares, from a file to status changes and an explained summary.
@NullMarked
package org.precertocsp.responder.intake;

import org.jspecify.annotations.NullMarked;
