/// The OCSP endpoint: raw targets, cache headers, limits, Netty.
@NullMarked
package org.precertocsp.responder.http;

import org.jspecify.annotations.NullMarked;
