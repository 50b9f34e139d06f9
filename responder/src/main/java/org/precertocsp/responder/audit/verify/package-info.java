/// Checks that logs are as they were written. See [LogVerifier]; [IntegrityMonitor] runs it in the
/// server, [OfflineCheck] for `audit verify`.
@NullMarked
package org.precertocsp.responder.audit.verify;

import org.jspecify.annotations.NullMarked;
