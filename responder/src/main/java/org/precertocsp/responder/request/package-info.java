/// From DER to an OcspQuery or a typed refusal; no Netty, no store.
@NullMarked
package org.precertocsp.responder.request;

import org.jspecify.annotations.NullMarked;
