/// Keeps alerts, across restarts, until people have taken them up.
@NullMarked
package org.precertocsp.responder.alert.desk;

import org.jspecify.annotations.NullMarked;
