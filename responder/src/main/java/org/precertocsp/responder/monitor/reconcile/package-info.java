/// Compares what logs, files, CRLs and the store know of serials with the server's answers
/// (`reconcile`).
@NullMarked
package org.precertocsp.responder.monitor.reconcile;

import org.jspecify.annotations.NullMarked;

