/// The rules, each judged by what was seen.
@NullMarked
package org.precertocsp.responder.monitor.rule;

import org.jspecify.annotations.NullMarked;
