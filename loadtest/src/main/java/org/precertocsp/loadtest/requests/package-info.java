/// What to send and what to expect: populations of serials, and requests encoded on the fly.
@NullMarked
package org.precertocsp.loadtest.requests;

import org.jspecify.annotations.NullMarked;
