/// How load time, disk, memory, start and answers grow with the number of serials.
///
/// Start at [ScaleRun], which measures one number of serials after the other: load, start, requests
/// of three kinds, then a CRL that revokes one serial in ten while the server runs. Every answer
/// after that is checked: a single stale `good` makes the measurement void.
@NullMarked
package org.precertocsp.loadtest.scale;

import org.jspecify.annotations.NullMarked;
