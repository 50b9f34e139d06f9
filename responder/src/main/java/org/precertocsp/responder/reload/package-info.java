/// Taking up changed configuration, keys and certificates while the server runs, and saying what
/// became of it.
@NullMarked
package org.precertocsp.responder.reload;

import org.jspecify.annotations.NullMarked;
