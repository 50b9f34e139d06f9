@NullMarked
package org.precertocsp.responder.request;

import org.jspecify.annotations.NullMarked;
