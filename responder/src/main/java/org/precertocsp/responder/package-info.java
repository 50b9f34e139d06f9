/// An OCSP responder for which a precertificate makes a serial assigned.
///
/// Start at [Wiring][Wiring]: it composes the server from the parts of the other packages, in order
/// of dependence. Then follow one request (`http` → `request` → `answer`) or one change (`intake` →
/// `status` → `audit` → `store`).
///
/// `Main` builds the command line. `CommandWiring` composes what commands need that work without a
/// server, such as `load` or `audit verify`. The other packages never depend on this one, so each
/// can be read and tested without it.
@NullMarked
package org.precertocsp.responder;

import org.jspecify.annotations.NullMarked;
