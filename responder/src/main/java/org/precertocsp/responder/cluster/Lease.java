package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.status.StatusRecord;

/// An edge's right to say that a certificate is good. It comes from an echo: the edge sends a
/// random nonce in a report, an authority appends it to the status log in a beat, and when the edge
/// reads that beat it has applied everything before it. So it has all that was durable at the
/// moment it sent the nonce, and the lease runs from that moment.
///
/// Nobody grants a lease and nobody can take it back, so authorities need no table of them: after
/// `maxStaleness` and a second no edge has one from before a change.
///
/// @param outstanding nonces that were sent and not echoed yet, oldest first
/// @param since when the lease began; empty if there is none
record Lease(List<Sent> outstanding, Optional<Moment> since) {
    static final Lease NONE = new Lease(List.of(), Optional.empty());

    /// More than an hour of them at one each second: an edge that lags further has no lease anyway,
    /// unless maxStaleness is longer, and then it lacks one rather than memory.
    static final int MAX_OUTSTANDING = 4_096;

    /// One moment on both clocks of a process.
    ///
    /// @param nanos of a clock that runs evenly and is never set, such as [System#nanoTime]
    /// @param wall of the clock of the machine, which may be set
    record Moment(long nanos, Instant wall) {}

    /// A nonce and when it was sent.
    record Sent(ByteString nonce, Moment at) {}

    Lease {
        outstanding = List.copyOf(outstanding);
    }

    /// The edge is about to send a nonce.
    Lease sending(ByteString nonce, Moment now) {
        List<Sent> all = new ArrayList<>(outstanding);
        if (all.size() == MAX_OUTSTANDING) {
            all.removeFirst();
        }
        all.add(new Sent(nonce, now));
        return new Lease(all, since);
    }

    /// The edge has applied everything before this beat.
    Lease reading(ClusterRules rules, String edge, Beat beat, Moment now) {
        Optional<ByteString> nonce = beat.nonceOf(edge);
        for (int i = 0; i < outstanding.size(); i++) {
            Sent sent = outstanding.get(i);
            if (nonce.isPresent() && nonce.get().equals(sent.nonce())) {
                // Older nonces would bring an older lease.
                return new Lease(
                        outstanding.subList(i + 1, outstanding.size()),
                        Optional.of(rules.leaseStart(sent, now)));
            }
        }
        return this;
    }

    boolean isValid(ClusterRules rules, Moment now, Duration maxStaleness) {
        return since.isPresent()
                && rules.age(since.get(), now).compareTo(rules.leaseTime(maxStaleness)) < 0;
    }

    /// When it ends, on both clocks: at whichever comes first. Empty if there is none.
    Optional<Moment> end(ClusterRules rules, Duration maxStaleness) {
        Duration time = rules.leaseTime(maxStaleness);
        return since.map(
                begin -> new Moment(begin.nanos() + time.toNanos(), begin.wall().plus(time)));
    }

    /// True if the edge may answer with that status now; otherwise it answers `tryLater`.
    ///
    /// @param status of the serial in its store; empty if it is not assigned
    boolean allows(
            ClusterRules rules, Optional<StatusRecord> status, Moment now, Duration maxStaleness) {
        return !rules.needsLease(status) || isValid(rules, now, maxStaleness);
    }
}
