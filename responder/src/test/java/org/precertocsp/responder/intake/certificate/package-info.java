@NullMarked
package org.precertocsp.responder.intake.certificate;

import org.jspecify.annotations.NullMarked;
