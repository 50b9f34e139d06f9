/// What is asked about serials nobody assigned: how often, how many, which, and whether it surges.
@NullMarked
package org.precertocsp.responder.unassigned;

import org.jspecify.annotations.NullMarked;
