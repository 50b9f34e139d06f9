package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Change;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.ClusterRecord.Seal;
import org.precertocsp.responder.status.StatusRecord;

/// The decisions on which the contract of a cluster rests, each in one method. [LogReader],
/// [Authority], [Lease] and [EdgeReports] ask them and do the bookkeeping.
///
/// They are methods of an interface for one reason: a test can break a single one, and must then
/// see the search over all states find a broken promise. A rule that can be broken without harm is
/// not needed.
interface ClusterRules {
    /// The rules as they are.
    ClusterRules CONTRACT = new ClusterRules() {};

    /// Added to the time after which a change is effective anyway: what the clocks of an authority
    /// and an edge may differ in rate during that time, together with [#leaseTime].
    Duration CLOCK_MARGIN = Duration.ofSeconds(1);

    // Reading: which records count.

    /// An old log that comes back after it was replaced changes nothing.
    default boolean isOldGeneration(ReaderPosition at, ClusterRecord record) {
        return record.generation() < at.generation();
    }

    /// Whoever wrote before the newest claim has lost the right to: what it wrote and the log
    /// received later never counts.
    default boolean isOldEpoch(ReaderPosition at, Change change) {
        return change.epoch() < at.epoch();
    }

    /// The first claim of an epoch in the log has it; its place alone decides.
    default boolean takesOver(ReaderPosition at, Claim claim) {
        return claim.epoch() == at.epoch() + 1;
    }

    /// A change that was read before does not count again, even if the log repeats it.
    default boolean isRepeated(ReaderPosition at, Change change) {
        return change.sequence() <= at.sequence();
    }

    /// A change that continues another history shows that the log has lost one that was read; so
    /// does a beat whose writer has other changes than the reader.
    default boolean continues(ReaderPosition at, ByteString head) {
        return head.equals(at.head());
    }

    /// A set of changes takes effect whole or not at all.
    default boolean isComplete(ReaderPosition at, Seal seal) {
        return at.staged().isPresent() && at.staged().get().digest().equals(seal.digest());
    }

    /// True if the new log has all that this reader has applied, and no more.
    default boolean begins(ReaderPosition at, Reset reset) {
        return reset.head().equals(at.head());
    }

    // Writing: who may, and what has been written.

    /// An authority has an epoch only once it has read its own claim, so it has read everything
    /// before that, too. The nonce tells it from a claim of an earlier process of the same name,
    /// whose changes may still be on the way or behind that claim: it may have known more, if this
    /// one has an older disk.
    default boolean isOwn(String name, Authority.Standing.Claiming claiming, Claim claim) {
        return claim.nonce().equals(claiming.nonce());
    }

    /// Nothing is written on the strength of a claim that was only sent.
    default Optional<Long> writableEpoch(Authority.Standing standing) {
        return standing instanceof Authority.Standing.Active active
                ? Optional.of(active.epoch())
                : Optional.empty();
    }

    /// A change is durable once the authority has read it back and it counts. That an append
    /// succeeded proves nothing: another authority may have taken over before it.
    default boolean isDurable(Authority.Outstanding outstanding, ReadResult result) {
        return result instanceof ReadResult.Counted counted
                && counted.change().epoch() == outstanding.epoch()
                && counted.change().sequence() == outstanding.sequence();
    }

    /// When an append may or may not arrive, the authority gives up its epoch. All that it sent
    /// before will lie before its next claim, and count, or behind it, and never count.
    default Authority afterDoubt(Authority authority) {
        return new Authority(
                authority.name(), new Authority.Standing.Standby(), authority.outstanding());
    }

    /// A process that starts does not continue an epoch, even if the log says it has it.
    default Authority afterRestart(String name, ReaderPosition at) {
        return new Authority(name, new Authority.Standing.Standby(), Optional.empty());
    }

    // Leases: how long an edge may say good.

    /// A lease runs from the moment the edge sent the nonce: all that was durable then is in the
    /// log before the beat, and so has been applied. What became durable while the echo travelled
    /// may not be.
    default Lease.Moment leaseStart(Lease.Sent sent, Lease.Moment read) {
        return sent.at();
    }

    /// A beat proves nothing to an edge that lacks a change its writer had read.
    default boolean misses(ReaderPosition at, Beat beat) {
        return beat.sequence() > at.sequence();
    }

    /// The clock that has moved further counts: the monotonic one stands still while a machine
    /// sleeps, and the wall clock may be set back.
    default Duration age(Lease.Moment since, Lease.Moment now) {
        Duration even = Duration.ofNanos(now.nanos() - since.nanos());
        Duration wall = Duration.between(since.wall(), now.wall());
        return even.compareTo(wall) > 0 ? even : wall;
    }

    /// How old a lease may become: a thousandth less than the staleness promised, so that clocks
    /// whose rates differ by a thousandth still keep the promise, whatever it is.
    default Duration leaseTime(Duration maxStaleness) {
        return maxStaleness.minus(maxStaleness.dividedBy(1_000));
    }

    /// A process that starts has no lease, whatever it knows of the last one's: the disk may have
    /// lost what that one had applied.
    default Lease afterRestart(Lease before) {
        return Lease.NONE;
    }

    /// Good and not assigned may have become wrong since the last change was read; revoked cannot.
    default boolean needsLease(Optional<StatusRecord> status) {
        return !(status.orElse(null) instanceof StatusRecord.Assigned assigned
                && assigned.revocation().isPresent());
    }

    // Effect: when a change holds at every edge.

    /// True if the edge that reported this answers with the change. A report of another generation
    /// proves nothing: that edge may have refused to follow.
    default boolean hasApplied(Report report, long generation, long sequence) {
        return report.generation() == generation && report.sequence() >= sequence;
    }

    /// The wait for edges that do not report begins when the change was read back, not when it was
    /// sent: an edge can get a lease without it as long as the log has not received it.
    default long effectiveFrom(EdgeReports.DurableChange change) {
        return change.durableNanos();
    }

    /// How long that wait is: every lease from before has ended then.
    default Duration effectiveAfter(Duration maxStaleness) {
        return maxStaleness.plus(CLOCK_MARGIN);
    }
}
