package org.precertocsp.responder.cluster;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.answer.AnswerLease;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.Lease.Moment;
import org.precertocsp.responder.status.StatusRecord;

/// The [Lease] of this node as answers look at it: when it ends is a field that is replaced as a
/// whole. Thread-safe.
final class CurrentLease implements AnswerLease {
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Both clocks at which it ends.
    private record End(long nanos, long wallMillis) {}

    private final ClusterRules rules;
    private final Duration maxStaleness;
    private final LongSupplier nanos;
    private final LongSupplier wallMillis;

    private Lease lease = Lease.NONE;
    private volatile Optional<End> end = Optional.empty();

    /// @param nanos a clock that runs evenly and is never set, such as [System#nanoTime]
    /// @param wallMillis the clock of the machine, in milliseconds since 1970
    CurrentLease(
            ClusterRules rules,
            Duration maxStaleness,
            LongSupplier nanos,
            LongSupplier wallMillis) {
        this.rules = rules;
        this.maxStaleness = maxStaleness;
        this.nanos = nanos;
        this.wallMillis = wallMillis;
    }

    static CurrentLease ofSystem(Duration maxStaleness) {
        return new CurrentLease(
                ClusterRules.CONTRACT, maxStaleness, System::nanoTime, System::currentTimeMillis);
    }

    Moment now() {
        return new Moment(nanos.getAsLong(), Instant.ofEpochMilli(wallMillis.getAsLong()));
    }

    /// A new nonce, which is about to be sent.
    synchronized ByteString send() {
        byte[] bytes = new byte[ClusterRecord.NONCE_BYTES];
        RANDOM.nextBytes(bytes);
        ByteString nonce = ByteString.of(bytes);
        lease = lease.sending(nonce, now());
        return nonce;
    }

    /// Everything before this beat can be read from the store of this node.
    synchronized void read(String edge, Beat beat) {
        keep(lease.reading(rules, edge, beat, now()));
    }

    /// A record that this process appended, and has read back: as good as an echo.
    ///
    /// @param sent when it was about to append it
    synchronized void readOwn(Moment sent) {
        keep(new Lease(List.of(), Optional.of(sent)));
    }

    private void keep(Lease next) {
        lease = next;
        end =
                next.end(rules, maxStaleness)
                        .map(last -> new End(last.nanos(), last.wall().toEpochMilli()));
    }

    /// One volatile read, and both clocks.
    @Override
    public boolean isValid() {
        Optional<End> last = end;
        return last.isPresent()
                && nanos.getAsLong() - last.get().nanos() < 0
                && wallMillis.getAsLong() < last.get().wallMillis();
    }

    @Override
    public boolean isNeeded(Optional<StatusRecord> status) {
        return rules.needsLease(status);
    }

    /// How long ago the newest lease began, by the clock that moved further; empty if there is
    /// none.
    synchronized Optional<Duration> age() {
        return lease.since().map(since -> rules.age(since, now()));
    }
}
