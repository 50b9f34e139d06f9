/// Decodes OCSPRequests (RFC 6960 §4.1.1): from DER to an [OcspRequest], or to a typed
/// [RejectedRequest]. Uses neither Netty nor a store.
///
/// Start at [OcspRequestDecoder], which reads every permitted form, strict if bytes could be read
/// in two ways and liberal if real clients differ harmlessly.
///
/// The hard idea is that there are two readers. [OcspRequestView] reads the form that nearly every
/// client sends, one CertID and at most a nonce, as offsets into the caller's array, so that a
/// cached answer is found without allocation. Each request is read by one of them, and a property
/// test and two fuzzers compare their results.
@NullMarked
package org.precertocsp.responder.request;

import org.jspecify.annotations.NullMarked;
