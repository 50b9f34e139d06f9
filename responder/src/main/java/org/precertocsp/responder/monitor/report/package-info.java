/// What was found, for people and for machines.
@NullMarked
package org.precertocsp.responder.monitor.report;

import org.jspecify.annotations.NullMarked;
