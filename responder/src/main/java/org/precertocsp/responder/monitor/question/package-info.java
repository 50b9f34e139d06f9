/// OCSP requests for checks, regular and unusual ones.
@NullMarked
package org.precertocsp.responder.monitor.question;

import org.jspecify.annotations.NullMarked;

