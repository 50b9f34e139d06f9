/// The private port: liveness and readiness.
@NullMarked
package org.precertocsp.responder.admin;

import org.jspecify.annotations.NullMarked;
