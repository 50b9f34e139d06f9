/// Judges any OCSP responder from outside, rule by rule (`check`).
@NullMarked
package org.precertocsp.responder.monitor;

import org.jspecify.annotations.NullMarked;
