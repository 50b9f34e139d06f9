/// Compares what logs, files, CRLs and the store know of serials with what is answered
/// (`reconcile`).
@NullMarked
package org.precertocsp.responder.monitor.reconcile;

import org.jspecify.annotations.NullMarked;
