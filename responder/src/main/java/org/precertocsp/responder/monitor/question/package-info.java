/// OCSP requests, proper ones and awkward ones.
@NullMarked
package org.precertocsp.responder.monitor.question;

import org.jspecify.annotations.NullMarked;
