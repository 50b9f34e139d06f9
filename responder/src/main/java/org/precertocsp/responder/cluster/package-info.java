/// A cluster: authorities that take changes in, edges without keys that answer, and one log between
/// them. Here are the records of that log and the rules by which each node reads it. Pure: no disk,
/// no network, no clock but the one passed in; nothing is wired yet, so a single node loads none of
/// it.
///
/// Start at [ClusterRules]: the decisions on which every promise rests, each in one method.
/// [ClusterRecord] has the records, [ClusterRecordCodec] their bytes, [RecordSigner] and
/// [RecordVerifier] their signatures. [LogReader] decides what counts, [Authority] who may write
/// and what is durable, [HolderWatch] when another should, [Lease] how long an edge may say good,
/// [EdgeReports] when a change holds everywhere. [StatusLog] is the log itself, a seam of two
/// methods.
///
/// The active authority judges changes and appends the rows that result; every node applies the
/// same rows in the same order, so edges decide nothing and cannot disagree. An authority takes
/// over with a [ClusterRecord.Claim]; what an earlier one appended behind it counts nowhere. Nobody
/// says that a change is durable before it has read it back from the log.
///
/// The hard idea is the lease. An edge that hears nothing cannot know that a certificate was
/// revoked, and nobody can tell it. So it proves to itself that it was up to date: it sends a
/// random nonce, and when it reads that nonce in the log, it has applied all that was durable when
/// it sent it. For a limited time after that moment it may say good. The authority needs no list of
/// leases: it waits that time, on its own clock, unless the edges report earlier that they have the
/// change.
///
/// # What is promised
///
/// *S* is `maxStaleness`: how long an edge that hears nothing may still say good. A change is
/// *durable* once an authority has read it back and applied it. It is *effective* once every edge
/// on the roster has reported it, or S and a second have passed since it was durable.
///
/// | | Promise |
/// |---|---|
/// | K1 | A durable change is never lost and never undone. |
/// | K2 | No request sent after a revocation is effective is answered `good` by any edge. |
/// | K3 | Nor is one sent later than S and a second after the revocation is durable. |
/// | K4 | No edge says `unauthorized` of a serial whose assignment is effective. |
/// | K5 | Once an edge has said `revoked` of a serial, it says nothing else of it, also after a restart. |
/// | K6 | An edge that is cut off still says `revoked`. |
/// | K7 | Nodes at the same sequence hold the same rows. |
/// | K8 | Nobody without an authority's key changes an answer; a log that repeats records stops no node. |
/// | K9 | An authority that was replaced acknowledges nothing; what it says will never count never does. |
///
/// Whatever is cut, paused, killed, restarted, late or repeated; see the limits below. An edge that
/// may not say what it would say answers `tryLater`.
///
/// # How it is proven
///
/// `ClusterModelTest` visits every state that two authorities and an edge can reach in a number of
/// scenarios, with these rules in charge: appends that are late, lost or in another order, restarts
/// on older disks, clocks that are wrong, a log that repeats, hides or loses records. For each rule
/// there is at least one mutant, and the search must find the promise that it breaks. So a rule
/// without which every promise still holds does not stay here.
///
/// # Changes from the first design
///
/// - *A claim does not name the newest change.* Its place in the log decides alone. Whoever claims
///   reads up to its own claim before it writes, so it knows everything before it anyway; and an
///   authority that appends fifty changes a second would have made every claim of another invalid.
/// - *Each change contains the digest of the one before it*, and beats contain the newest. If the
///   log ever loses a change that was read, the nodes that have it stop at the next record instead
///   of continuing another history under the same numbers.
/// - *An epoch belongs to one process.* Claims carry a nonce, and a process that starts never
///   continues the epoch it finds. Otherwise changes of an earlier process, still on the way, could
///   be taken for its own.
/// - *A record that presupposes an unknown one stops the reader* ([ReadResult.Stopped]); one that
///   comes too late is ignored. The same holds for records of a newer version: if an authority
///   signed it, it may be a change, and is not skipped.
/// - *A lease ends a thousandth early*, since a fixed second of margin is less than the error of
///   usual clocks over a long `maxStaleness`.
/// - *A report counts in its generation only.* An edge may have refused the log that another one
///   follows, and has a lease all the same.
/// - *Parts need no total.* Their seal has a digest that only all of them in order have.
///
/// # Limits
///
/// - Clocks may differ in rate by a thousandth, and a second in all, during `maxStaleness`. A
///   daemon that corrects a clock by slewing it faster than that breaks this for as long as it does
///   so.
/// - A log that hides a change from an edge and, at the same time, from the standby whose beats it
///   delivers keeps that edge's lease alive. Beats of the active authority do not have this
///   weakness.
/// - A log is replaced from the authority that knows most. If another one begins it, nodes that
///   know more refuse to follow, but edges that know less do not.
/// - An authority that answers clients itself needs a lease as an edge does.
@NullMarked
package org.precertocsp.responder.cluster;

import org.jspecify.annotations.NullMarked;
