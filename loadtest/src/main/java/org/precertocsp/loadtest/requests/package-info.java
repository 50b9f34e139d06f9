/// The requests to send: populations of serials, the mix of requests, and their encoding as HTTP.
///
/// Start at [RequestStream]. A request is a function of its index alone: serial, method, hash
/// algorithm and nonce come from a random number computed from seed and index
/// ([CounterBasedRandom]). So nothing about a request has to be stored while it is in flight,
/// millions of serials need no encoded requests, and the request of a sampled answer is computed
/// again from its index after the run.
///
/// Encoding is fast because only serial and nonce are patched into a prepared request of the same
/// shape ([WorkloadRequestStream.TemplateRequestEncoder]); a GET is encoded to base64 from the
/// serial on.
@NullMarked
package org.precertocsp.loadtest.requests;

import org.jspecify.annotations.NullMarked;
