/// Synthetic populations: a CA, its delegate, and any number of serials, from one seed, as the
/// files that feeds, peers and the load driver read.
@NullMarked
package org.precertocsp.loadtest.corpus;

import org.jspecify.annotations.NullMarked;
