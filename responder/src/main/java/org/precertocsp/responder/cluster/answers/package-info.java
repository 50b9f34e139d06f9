/// Misses of edges, answered by an authority: an edge that has no valid response of a serial asks
/// an authority for one over mutual TLS, keeps it and serves it.
///
/// ```
/// edge:      AnswerService (cache → stored) → RemoteSigner in the place of a key
///              → AuthorityClient: batches, hedging, breaker ──POST /edge/v1/answers──┐
/// authority: AnswerService (cache → stored → live) ← AuthorityAnswers ←──────────────┘
/// ```
///
/// Start at [RemoteSigner]: to the layers above it, an authority is a key that lives far away. So
/// everything that protects a key (waiters, deadlines, the circuit breaker, `tryLater`) protects an
/// authority as well, and there is no second path of an answer. [AuthorityAnswers] is the other
/// side; [AnswerReply] has the bytes between them. The request is an OCSPRequest.
///
/// An edge asks for the answer to CertIDs and never for a signature of anything: the authority
/// judges by its own store. And an edge believes nothing: a response is verified with the CA's
/// certificates, must be about the CertID that was requested, valid now, and state the status that
/// the edge's own store states. If it states another one, one of the two nodes is behind: the reply
/// has the sequence of the log at which it was judged, and the edge waits until it has applied that
/// much ([LogPosition]), and compares again.
@NullMarked
package org.precertocsp.responder.cluster.answers;

import org.jspecify.annotations.NullMarked;
