/// The built program, from outside.
@NullMarked
package org.precertocsp.loadtest.it;

import org.jspecify.annotations.NullMarked;
