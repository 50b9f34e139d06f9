/// From a query to an answer: the chain of sources, the issuers it serves, the unassigned policy.
@NullMarked
package org.precertocsp.responder.answer;

import org.jspecify.annotations.NullMarked;
