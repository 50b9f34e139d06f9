/// Both sides of each comparison in one run: interleaved, pinned, judged against the targets.
@NullMarked
package org.precertocsp.loadtest.compare;

import org.jspecify.annotations.NullMarked;
