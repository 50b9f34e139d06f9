/// The journal of every signature made for an answer (LG-01). See [SignatureJournal].
@NullMarked
package org.precertocsp.responder.audit.journal;

import org.jspecify.annotations.NullMarked;
