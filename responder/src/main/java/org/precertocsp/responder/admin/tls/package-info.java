/// TLS of the private API, whose certificates can be replaced while it runs.
@NullMarked
package org.precertocsp.responder.admin.tls;

import org.jspecify.annotations.NullMarked;

