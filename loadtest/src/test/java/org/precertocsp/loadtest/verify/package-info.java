/// Tests of `verify`.
@NullMarked
package org.precertocsp.loadtest.verify;

import org.jspecify.annotations.NullMarked;
