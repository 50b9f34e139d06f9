@NullMarked
package org.precertocsp.responder.task;

import org.jspecify.annotations.NullMarked;
