/// Announcements that nobody kept.
@NullMarked
package org.precertocsp.responder.admin.watch;

import org.jspecify.annotations.NullMarked;
