/// The distribution as users meet it: its processes, over sockets, judged by other people's
/// clients.
@NullMarked
package org.precertocsp.responder.it;

import org.jspecify.annotations.NullMarked;
