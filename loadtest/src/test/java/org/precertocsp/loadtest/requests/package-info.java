/// Tests of `requests`.
@NullMarked
package org.precertocsp.loadtest.requests;

import org.jspecify.annotations.NullMarked;
