/// Decodes OCSPRequests (RFC 6960 §4.1.1): from DER to an [OcspRequest], or to a typed refusal.
/// Uses neither Netty nor a store.
///
/// Start at [OcspRequestDecoder], which reads every form there is, strict where bytes could be read
/// in two ways and liberal where real clients differ harmlessly. [OcspRequestView] reads the form
/// nearly every client sends, one CertID with perhaps a nonce, as offsets into the caller's array,
/// so that a cached answer is found without making an object. Each request is read by one of them,
/// and a property test and two fuzzers compare what they read.
@NullMarked
package org.precertocsp.responder.request;

import org.jspecify.annotations.NullMarked;
