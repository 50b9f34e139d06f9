package org.precertocsp.responder.cluster;

import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.status.StoredRow;

/// The state of one authority as a writer: whether it may append changes, and the change it has
/// appended but not read back. A value: each step returns the next state.
///
/// At most one change is outstanding. Its fate is known with certainty in the end: it is read back
/// and counts, or a claim is read before it, and then it never will.
///
/// @param outstanding the change whose fate is open; it stays here when the authority has lost or
///   given up its epoch
record Authority(String name, Standing standing, Optional<Outstanding> outstanding) {
    /// May this authority write?
    sealed interface Standing {
        /// It follows.
        record Standby() implements Standing {}

        /// It has sent a claim and has not read it back.
        record Claiming(long epoch, ByteString nonce) implements Standing {}

        /// It has read its claim back and no other one since.
        record Active(long epoch) implements Standing {}
    }

    /// A change that was appended and not read back.
    record Outstanding(long epoch, long sequence) {}

    /// The fate of the outstanding change.
    enum Fate {
        /// It counts, on every node.
        DURABLE,
        /// It counts on no node, now or later. The change must be judged again.
        NEVER
    }

    /// @param fate empty if nothing was decided
    record Step(Authority next, Optional<Fate> fate) {}

    /// A process starts.
    ///
    /// @param at its stored position
    static Authority start(ClusterRules rules, String name, ReaderPosition at) {
        return rules.afterRestart(name, at);
    }

    /// The claim that this authority appends next to take over.
    Claim claim(ReaderPosition at, ByteString nonce) {
        return new Claim(name, at.generation(), at.epoch() + 1, nonce);
    }

    /// It is about to append its claim.
    Authority claiming(Claim claim) {
        return new Authority(
                name, new Standing.Claiming(claim.epoch(), claim.nonce()), outstanding);
    }

    /// The epoch in which it may append a change to that position; empty if it may not.
    Optional<Long> writableEpoch(ClusterRules rules) {
        return outstanding.isPresent() ? Optional.empty() : rules.writableEpoch(standing);
    }

    /// The change that it appends next.
    ///
    /// @param at its position, with everything before it applied, on which the rows were judged
    /// @throws IllegalStateException it may not write
    Envelope envelope(ClusterRules rules, ReaderPosition at, List<StoredRow> rows) {
        long epoch = writableEpoch(rules).orElseThrow(IllegalStateException::new);
        return new Envelope(name, at.generation(), epoch, at.sequence() + 1, at.head(), rows);
    }

    /// It is about to append an envelope, or the first part of a set.
    Authority appending(ClusterRecord.Change change) {
        return new Authority(
                name, standing, Optional.of(new Outstanding(change.epoch(), change.sequence())));
    }

    /// An append failed, was not read back in time, or nobody knows. The authority must claim again
    /// before it writes, and read on to learn the fate of the outstanding change.
    Authority doubting(ClusterRules rules) {
        return rules.afterDoubt(this);
    }

    /// It has read a record, and applied it if it counts.
    Step reading(ClusterRules rules, ReadResult result) {
        if (outstanding.isPresent() && rules.isDurable(outstanding.get(), result)) {
            return new Step(
                    new Authority(name, standing, Optional.empty()), Optional.of(Fate.DURABLE));
        }
        return switch (result) {
            case ReadResult.Claimed claimed -> {
                boolean own =
                        standing instanceof Standing.Claiming claiming
                                && rules.isOwn(name, claiming, claimed.claim());
                yield ended(
                        own
                                ? new Standing.Active(claimed.claim().epoch())
                                : new Standing.Standby());
            }
            case ReadResult.Begun _ -> ended(new Standing.Standby());
            case ReadResult.Stopped _ ->
                    // The fate of what is outstanding stays open: this node reads no further.
                    new Step(
                            new Authority(name, new Standing.Standby(), outstanding),
                            Optional.empty());
            case ReadResult.Counted _,
                    ReadResult.Staged _,
                    ReadResult.Beaten _,
                    ReadResult.Ignored _ ->
                    new Step(this, Optional.empty());
        };
    }

    /// An epoch or generation has ended: nothing sent in it can count any more.
    private Step ended(Standing next) {
        return new Step(
                new Authority(name, next, Optional.empty()), outstanding.map(_ -> Fate.NEVER));
    }
}
