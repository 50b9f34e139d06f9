@org.jspecify.annotations.NullMarked
package org.precertocsp.responder.duty;
