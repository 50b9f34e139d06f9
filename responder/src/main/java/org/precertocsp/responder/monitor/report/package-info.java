/// Reports of checks, for people and machines.
@NullMarked
package org.precertocsp.responder.monitor.report;

import org.jspecify.annotations.NullMarked;

