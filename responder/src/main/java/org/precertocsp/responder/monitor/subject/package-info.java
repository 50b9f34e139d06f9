/// The certificates and precertificates to check, and their issuers.
@NullMarked
package org.precertocsp.responder.monitor.subject;

import org.jspecify.annotations.NullMarked;

