/// Tests of `cli`.
@NullMarked
package org.precertocsp.loadtest.cli;

import org.jspecify.annotations.NullMarked;
