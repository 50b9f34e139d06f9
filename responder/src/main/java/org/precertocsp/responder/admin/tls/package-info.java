/// The TLS of the private API: certificates that can be exchanged while it serves.
@NullMarked
package org.precertocsp.responder.admin.tls;

import org.jspecify.annotations.NullMarked;
