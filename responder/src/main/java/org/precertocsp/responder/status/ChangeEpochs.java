package org.precertocsp.responder.status;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Counts the changes of status, so that an answer made before a change is known to be overtaken
/// (invariant 4). Thread-safe, never blocks.
///
/// Whoever keeps an answer takes a [Mark] before reading the status, and serves the answer only
/// while the mark is current. The store advances a serial's count after a change of it is durable
/// and before it is acknowledged. Serials share counts: a stranger's change costs a new answer,
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
            // As many as there are counts: cheaper to advance them all, and memory stays bounded.
            if (size == STRIPES) {
                return;
            }
            if (size == stripes.length) {
                stripes = Arrays.copyOf(stripes, 2 * size);
            }
            stripes[size++] = stripe(key);
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
        int hash = (31 * key.issuer().hashCode() + key.serial().hashCode()) * 0x9E3779B9;
        return hash >>> 12;
    }
}
