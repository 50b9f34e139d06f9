/// How records are told to programs.
@NullMarked
package org.precertocsp.responder.json;

import org.jspecify.annotations.NullMarked;
