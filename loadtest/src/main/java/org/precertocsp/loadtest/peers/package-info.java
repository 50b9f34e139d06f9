/// The servers that are compared: real processes, pinned, awaited, and ended by their own pid.
@NullMarked
package org.precertocsp.loadtest.peers;

import org.jspecify.annotations.NullMarked;
