/// The service that makes alerts of incidents, keeps them, and delivers them.
@NullMarked
package org.precertocsp.responder.alert.desk;

import org.jspecify.annotations.NullMarked;
