/// The certificates and precertificates asked about, and who issued them.
@NullMarked
package org.precertocsp.responder.monitor.subject;

import org.jspecify.annotations.NullMarked;
