/// What a person must look at, and how it reaches them.
@NullMarked
package org.precertocsp.responder.alert;

import org.jspecify.annotations.NullMarked;
