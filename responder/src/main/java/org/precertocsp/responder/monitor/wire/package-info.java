/// HTTP/1.1 byte by byte: requests are sent exactly as given, responses returned exactly as
/// received.
@NullMarked
package org.precertocsp.responder.monitor.wire;

import org.jspecify.annotations.NullMarked;

