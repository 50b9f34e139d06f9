/// The private API: routes, requests and replies.
@NullMarked
package org.precertocsp.responder.admin.api;

import org.jspecify.annotations.NullMarked;
