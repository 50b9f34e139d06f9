/// How cost grows with the number of serials.
@NullMarked
package org.precertocsp.loadtest.scale;

import org.jspecify.annotations.NullMarked;
