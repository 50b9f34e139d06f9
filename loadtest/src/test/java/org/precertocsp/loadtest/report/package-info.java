/// Tests of `verify`.
@NullMarked
package org.precertocsp.loadtest.report;

import org.jspecify.annotations.NullMarked;
