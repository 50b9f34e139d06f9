/// Tests of `drive`.
@NullMarked
package org.precertocsp.loadtest.drive;

import org.jspecify.annotations.NullMarked;
