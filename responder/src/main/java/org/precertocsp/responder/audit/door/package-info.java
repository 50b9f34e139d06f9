/// Events and changes of status, recorded before they take effect, and the comparison of store and
/// log. See [ChangeRecorder] for the way of a change, [StoreRecovery] for what happens at a start.
@NullMarked
package org.precertocsp.responder.audit.door;

import org.jspecify.annotations.NullMarked;
