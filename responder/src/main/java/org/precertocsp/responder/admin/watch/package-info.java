/// Monitors of the private side: overdue announcements, disk space.
@NullMarked
package org.precertocsp.responder.admin.watch;

import org.jspecify.annotations.NullMarked;

