/// Signed responses, on their way from the authorities that sign them to the disks of the edges, so
/// that an edge answers without asking what was signed in advance.
///
/// ```
/// authority: AnswerService, renewals → store
///                 └→ ResponsePublisher → ResponseLog ─→ ResponseFollower → store: edge
/// ```
///
/// Start at [ResponseBatch], what travels. [ResponsePublisher] batches what an authority signs,
/// [ResponseFollower] checks it and writes it, [ResponseLog] lies between them: a seam with an
/// implementation in memory for tests, and one on a topic of Kafka.
///
/// # Why nothing here is needed for a correct answer
///
/// A response that never arrives costs a miss: the edge asks an authority. One that arrives late,
/// twice or in another order is written if it is newer than the one stored. And one that is stored
/// is served only if it states the status that the edge's store states at that moment, inside its
/// window (invariants 4 and 5). So the log needs no order between its partitions, nobody waits for
/// it, and whatever does not fit into a buffer is dropped and counted.
///
/// # Who is believed
///
/// A P-256 signature takes 0.1 ms to verify: at 2,000 responses a second that would be a fifth of a
/// core, for signatures that the authority has verified before it stored them. So an edge verifies
/// the authority's cluster key over each batch instead, Ed25519, some hundred responses at once,
/// and nobody without an authority's key can change an answer (K8). Of each batch it verifies one
/// response with the CA's certificates as well, and the template of all, as for misses: an
/// authority that is configured differently, or whose signatures are bad, is found by its first
/// batch, which is then discarded as a whole.
///
/// # Changes from the first design
///
/// - *Each batch contains its template*, a kilobyte once for some hundred responses, instead of a
///   number of a template that travels in the status log. So no response is ever unknown, a reader
///   may begin anywhere, and two authorities need not agree on numbers.
/// - *A batch goes to any partition.* By serial, each would contain an eighth of the responses, and
///   cost a signature and a template all the same; order is not needed.
/// - *Only one authority publishes*: the one that takes changes, or each one while there is none.
///   All of them renew, so an edge would get everything twice.
/// - *An edge removes expired responses itself*, by reading on through all of them once a day. It
///   plans no renewals.
@NullMarked
package org.precertocsp.responder.cluster.responses;

import org.jspecify.annotations.NullMarked;
