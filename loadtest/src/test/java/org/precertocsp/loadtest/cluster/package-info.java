/// Tests of `cluster`.
@NullMarked
package org.precertocsp.loadtest.cluster;

import org.jspecify.annotations.NullMarked;
