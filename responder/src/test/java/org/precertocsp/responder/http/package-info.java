@NullMarked
package org.precertocsp.responder.http;

import org.jspecify.annotations.NullMarked;
