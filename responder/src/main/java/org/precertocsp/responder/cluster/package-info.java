/// A cluster: authorities that take changes in, edges without keys that answer, and one log between
/// them. Here are the records of that log, the rules by which each node reads it, and the nodes at
/// work. The rules are pure: no disk, no network, no clock but the one passed in.
///
/// Start at [ClusterRules]: the decisions on which every promise rests, each in one method.
/// [ClusterRecord] has the records, [ClusterRecordCodec] their bytes, [RecordSigner] and
/// [RecordVerifier] their signatures. [LogReader] decides what counts, [Authority] who may write
/// and what is durable, [HolderWatch] when another should, [Lease] how long an edge may say good,
/// [EdgeReports] when a change holds everywhere. [StatusLog] is the log itself, a seam of two
/// methods.
///
/// At work, a [Follower] on each node writes what counts to its store, in batches of rows and
/// position. [ClusterEdge] reports and keeps a [CurrentLease]; [ClusterAuthority] appends sets of
/// changes, beats and claims, and knows what is effective. The package `responses` has the log of
/// signed responses, `answers` the requests of edges for those that they lack; no promise depends
/// on either. A store that is empty begins with a snapshot, see the package `snapshot`.
///
/// The active authority judges changes and appends the rows that result; every node applies the
/// same rows in the same order, so edges decide nothing and cannot disagree. An authority takes
/// over with a [ClusterRecord.Claim]; what an earlier one appended behind it counts nowhere. Nobody
/// says that a change is durable before it has read it back from the log.
///
/// With `takeover: auto` a standby claims when the holder is silent. With `manual`, and before
/// maintenance of the holder, an operator orders it: `cluster claim` leaves a request in a
/// directory of the authority ([ClaimRequests]), which claims if it is not behind, and says why if
/// it does not. The holder need not be stopped: its claim lost, it acknowledges nothing more. What
/// only one node may do (the spool, CT logs, alerts about announcements) runs under the claim and
/// ends with it; a standby answers changes and uploads with 421 and the address of the active
/// authority.
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
/// # How nodes know that their rows are the same
///
/// K7 follows from the rules, but not from disks. So once a day every node reads all its status
/// rows ([RowScrub]), slowly, and reports a SHA-256 of each issuer's; authorities compare what all
/// nodes report with their own ([RowComparison]), and raise an alert that names node and issuers.
///
/// Digests can be compared only if both are of the same change. The log itself tells when: all
/// nodes freeze their rows at the first beat of a day by the authority that holds the epoch, which
/// they all read at the same place, and take their time with what is frozen. So no node asks
/// another one, and no record is needed for it in the status log. A hash kept up to date with each
/// change instead would need the earlier row of every change, a read for each row of a catch-up,
/// and would tell what was written, not what a disk still has; it would need the slow reading
/// besides. A node that is not there at that beat, or still busy with the day before, is not
/// compared that day, which `precertocsp_cluster_rows_compared_sequence` shows.
///
/// # How it is proven
///
/// `ClusterModelTest` visits every state that two authorities and an edge can reach in a number of
/// scenarios, with these rules in charge: appends that are late, lost or in another order, restarts
/// on older disks, clocks that are wrong, a log that repeats, hides or loses records. For each rule
/// there is at least one mutant, and the search must find the promise that it breaks. So a rule
/// without which every promise still holds does not stay here.
///
/// `ClusterNodesTest` asks clients' questions of two authorities and two edges with stores on disk
/// while appends are lost, late, doubled or out of order, and nodes are cut off, killed or
/// restarted on an older disk. `ClusterChaosTest` does so at random, with threads that compete.
///
/// `ClusterSimulationTest` puts the same nodes into a world made of a seed, in which log, network,
/// clocks and disks fail, pauses and orders come at any moment, and a minute takes milliseconds.
/// What clients and operators see is a `ClusterHistory`, which checks the promises; its tests show
/// for each of them a history that breaks it. A table there says which broken rules the simulation
/// finds besides the model, and which defects around the rules, such as a clock that is not read.
///
/// `ClusterCampaignIT` runs three brokers, two authorities and three edges as processes in network
/// namespaces, asks and revokes all the time while processes are killed and paused, links cut, slow
/// or one-way, disks full, records forged, replayed and damaged, and has `ClusterHistory` judge
/// what clients saw. The usual build has some faults, each once, and takes two minutes for them;
/// `mvn -B -Pcluster verify` has all of them at random for ten minutes, `-Dcampaign=2h` for longer;
/// `-Dcampaign=figures` measures instead.
///
/// # Measured
///
/// `mvn -B -Pcluster -Dcampaign=figures -Dcampaign.kills=10 verify`, 2026-12-01, on two cores that
/// eight processes, the brokers and the clients share (AMD EPYC), *S* 30 s, no violation:
///
/// | | |
/// |---|---|
/// | readable in the log → reported by three edges, 51 changes a second | p50 43 ms, p99 118 ms |
/// | API request → `200` effective | p50 129 ms, p99 292 ms |
/// | an edge is cut off | `202` after `effectiveWait`, effective after 31.3 s, last `good` after 29.8 s, `revoked` 337 times of 337 |
/// | 120 callers, 80 ms between authorities and brokers and back | 373 changes/s: missed (1,000) |
/// | processor time of an edge, for a change and for a response signed in advance | 122 µs and 30 µs, so a tenth of a core for 300 and 2,000 a second |
/// | a miss through an authority | p50 16 ms, p99 505 ms: missed (30 ms), with every process on the same cores |
/// | 1,000 clients at three edges ask for one response | all answered; 2 signatures: missed (1) |
/// | kill -9 of the active authority, started again at once, ten times → writable | 5.2 to 6.0 s |
/// | 42 forged and damaged records → alert of every node, with the time to make them | 3.9 to 4.4 s |
///
/// Of the changes a second the distance is not what limits them here: without it there were 441,
/// with 20 ms 652. A set takes 100 to 150 ms while the load of the machine is 6, and a caller's
/// requests went in two groups by turns, since those of one group came back while the other one was
/// under way. Since sets wait for them up to 20 ms, there were 559 a second with 80 ms in a run of
/// 12 seconds. The second signature is the hedge of an edge that waits for a processor.
///
/// All faults at random for 330 s (`-Dcampaign=330s -Dcampaign.seed=4242`), with four kills of both
/// authorities: 1,075 changes durable, 29,868 answers, no violation; nothing could be written for
/// 40 s at most. The first such campaign had found that an authority applied what its audit log
/// alone had recorded.
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
/// - *The roster is not in the log.* An authority waits for the edges that it echoes, and by time
///   for all that the log shows were echoed; so the rosters of two authorities may differ, and an
///   edge can be retired while it has a lease ([EchoedEdges]).
/// - *An offset is stored with the ID of its log*, in Kafka that of the topic. A log with another
///   ID is read from its first record once it is begun anew, and not at all before, whatever
///   offsets it has. A node that does not know the ID, since an earlier version stored its
///   position, reads the log that is there from its first record, too.
/// - *The audit log of an authority does not restore its store.* A single node applies again what
///   its audit log recorded and its store lacks. An authority has read the log of the cluster by
///   then, and records as void what is not in it: nobody was told that it took effect, and no other
///   node has it.
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
/// - If the log is lost and an edge loses the newest rows on its disk at the same time, it may have
///   said `revoked` of a change that no authority ever acknowledged, and says `good` afterwards.
/// - Within one `maxStaleness`, a machine must not both sleep and have its wall clock set back:
///   each clock is there for what the other one misses.
/// - An authority that answers clients itself needs a lease as an edge does. No change waits for
///   it, so it may say good after a revocation is effective, until *S* and a second after it is
///   durable.
/// - A log that was lost is replaced by another topic. If its records are lost and the topic is
///   not, [Recovery] refuses to begin it anew; if it were, a node that was down meanwhile could go
///   on in the middle of it, and an authority that still holds an epoch acknowledge there what
///   counts nowhere.
/// - A log that `cluster init` begins again, from an authority that knows nothing, or whose records
///   were copied to another topic, does not continue the old one: nodes of that one read nothing of
///   it. An authority that has read a log refuses to begin one so; use [Recovery].
@NullMarked
package org.precertocsp.responder.cluster;

import org.jspecify.annotations.NullMarked;
