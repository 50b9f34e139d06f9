/// The rules of `check`.
@NullMarked
package org.precertocsp.responder.monitor.rule;

import org.jspecify.annotations.NullMarked;

