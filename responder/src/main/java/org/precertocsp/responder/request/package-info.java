/// Decodes OCSPRequests (RFC 6960 §4.1.1): from DER to an [OcspRequest], or to a typed
/// [RejectedRequest]. Uses neither Netty nor a store.
///
/// Start at [OcspRequestView], which reads every permitted form. The hard idea is that one reader
/// serves both an event loop, which must find a cached answer without allocation, and the rare
/// forms: it records offsets into the caller's array, and makes objects only of what it is asked
/// for. [OcspRequestDecoder] is the same for callers that want the objects.
@NullMarked
package org.precertocsp.responder.request;

import org.jspecify.annotations.NullMarked;
