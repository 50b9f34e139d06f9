package org.precertocsp.responder.unassigned;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;

/// Serials on their way from one answering thread to the one that counts: a ring written by one and
/// read by another, without locks and without garbage. When it is full the serial is lost and only
/// its request is counted.
final class AskedRing {
    static final int SLOTS = 1 << 13;

    /// One octet for the length, and a sign octet before the longest serial.
    private static final int SLOT_OCTETS = 1 + 1 + Serial.MAX_OCTETS;

    private static final VarHandle WRITTEN;
    private static final VarHandle READ;
    private static final VarHandle LOST;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WRITTEN = lookup.findVarHandle(AskedRing.class, "written", long.class);
            READ = lookup.findVarHandle(AskedRing.class, "read", long.class);
            LOST = lookup.findVarHandle(AskedRing.class, "lost", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Takes what comes out of the ring.
    @FunctionalInterface
    interface Reader {
        /// @param source valid during the call only
        void asked(IssuerKey issuer, byte[] source, int offset, int length);
    }

    private final byte[] octets = new byte[SLOTS * SLOT_OCTETS];
    private final @Nullable IssuerKey[] issuers = new IssuerKey[SLOTS];
    private long written;
    private long read;
    private long lost;

    // The writer's view of `read`: looking at the other thread's field costs a cache miss.
    private long readSeen;

    /// For the writing thread only.
    void put(IssuerKey issuer, byte[] source, int offset, int length) {
        long at = written;
        if (at - readSeen >= SLOTS) {
            readSeen = (long) READ.getAcquire(this);
        }
        if (at - readSeen >= SLOTS || length > SLOT_OCTETS - 1) {
            LOST.setOpaque(this, lost + 1);
            return;
        }
        int slot = (int) (at & (SLOTS - 1));
        issuers[slot] = issuer;
        octets[slot * SLOT_OCTETS] = (byte) length;
        System.arraycopy(source, offset, octets, slot * SLOT_OCTETS + 1, length);
        WRITTEN.setRelease(this, at + 1);
    }

    /// For the reading thread only.
    void drain(Reader reader) {
        long end = (long) WRITTEN.getAcquire(this);
        for (long at = read; at < end; at++) {
            int slot = (int) (at & (SLOTS - 1));
            IssuerKey issuer = issuers[slot];
            if (issuer != null) {
                int start = slot * SLOT_OCTETS;
                reader.asked(issuer, octets, start + 1, octets[start]);
            }
        }
        READ.setRelease(this, end);
    }

    /// How many found the ring full, ever.
    long lost() {
        return (long) LOST.getOpaque(this);
    }
}
