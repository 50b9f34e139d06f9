/// The private API: routes, requests and responses.
@NullMarked
package org.precertocsp.responder.admin.api;

import org.jspecify.annotations.NullMarked;

