/// An OCSP responder for which a precertificate makes a serial assigned.
@NullMarked
package org.precertocsp.responder;

import org.jspecify.annotations.NullMarked;
