package org.precertocsp.responder.status;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.precertocsp.ocsp.Serial;

/// Determines whether an answer is older than the newest change of its serial (invariant 4),
/// without a lock and without notifying the layers that keep answers. Thread-safe, never blocks.
///
/// Every serial has a counter. A layer that keeps an answer (the memory cache, the stored
/// responses, a signature under way) takes a [Mark], which is the counter's value, *before* it
/// reads the status, and serves the answer only while the counter still has that value. The store
/// advances the counter after a change of the serial is durable and before it is acknowledged.
///
/// So there are two cases. If the answer's status was read before the change was visible, its mark
/// was taken before that, and is out of date by the time the change is acknowledged: no layer
/// serves it any more. If the status was read after that, the answer is correct, and at worst it is
/// made once more, since its mark may be older than the counter. No caller whose revocation was
/// acknowledged can receive `good` afterwards.
///
/// Two things would break this: taking the mark after reading the status, and advancing the counter
/// before the change can be read (an answer could be made from the old status under the new value)
/// or after it is acknowledged. A set whose commit failed advances the counters, too, because it
/// may be found whole when the store next opens.
///
/// Serials share counters, chosen by a hash: a change of another serial may cost a new answer,
/// never a wrong one.
public final class ChangeEpochs {
    // Four MiB; a CRL of a thousand new entries leaves 999 of 1,000 kept answers valid.
    private static final int STRIPES = 1 << 20;

    private final AtomicIntegerArray counts = new AtomicIntegerArray(STRIPES);

    /// The moment at which a serial's status is about to be read.
    public record Mark(ChangeEpochs epochs, int stripe, int count) {
        /// False once a change of the serial may have been acknowledged.
        public boolean isCurrent() {
            return epochs.counts.get(stripe) == count;
        }
    }

    public Mark mark(SerialKey key) {
        int stripe = stripe(key);
        return new Mark(this, stripe, counts.get(stripe));
    }

    /// Called after the change is durable, before it is acknowledged.
    public void advance(SerialKey key) {
        counts.incrementAndGet(stripe(key));
    }

    /// As [#advance] for every serial there is.
    public void advanceAll() {
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            counts.incrementAndGet(stripe);
        }
    }

    /// The serials of one set of changes, to be advanced together. Not thread-safe.
    public final class Gathered {
        private int[] stripes = new int[16];
        private int size;

        /// Called before the change is written.
        public void add(SerialKey key) {
            add(key.issuer().hashCode(), key.serial());
        }

        /// As [#add(SerialKey)], for an issuer of which only the hash code is known.
        ///
        /// @param issuer [IssuerKey#hashCode]
        public void add(int issuer, Serial serial) {
            // As many as there are counters: cheaper to advance them all, and memory stays bounded.
            if (size == STRIPES) {
                return;
            }
            if (size == stripes.length) {
                stripes = Arrays.copyOf(stripes, 2 * size);
            }
            stripes[size++] = stripe(issuer, serial);
        }

        /// As [ChangeEpochs#advance] for each of them.
        public void advance() {
            if (size == STRIPES) {
                advanceAll();
                return;
            }
            for (int i = 0; i < size; i++) {
                counts.incrementAndGet(stripes[i]);
            }
        }
    }

    public Gathered gather() {
        return new Gathered();
    }

    private static int stripe(SerialKey key) {
        return stripe(key.issuer().hashCode(), key.serial());
    }

    private static int stripe(int issuer, Serial serial) {
        int hash = (31 * issuer + serial.hashCode()) * 0x9E3779B9;
        return hash >>> 12;
    }
}
