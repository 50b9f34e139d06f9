package org.precertocsp.responder.metrics.unassigned;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;

/// A ring buffer that carries serials from one answering thread to the counting thread, without
/// locks and without garbage. When it is full, the serial is lost and only the request is counted.
final class SerialRingBuffer {
    static final int SLOTS = 1 << 13;

    /// One byte for the length, and a sign byte before the longest serial.
    private static final int SLOT_BYTES = 1 + 1 + Serial.MAX_BYTES;

    private static final VarHandle WRITTEN;
    private static final VarHandle READ;
    private static final VarHandle LOST;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WRITTEN = lookup.findVarHandle(SerialRingBuffer.class, "written", long.class);
            READ = lookup.findVarHandle(SerialRingBuffer.class, "read", long.class);
            LOST = lookup.findVarHandle(SerialRingBuffer.class, "lost", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Receives the serials.
    @FunctionalInterface
    interface Reader {
        /// @param source valid during the call only
        void asked(IssuerKey issuer, byte[] source, int offset, int length);
    }

    private final byte[] bytes = new byte[SLOTS * SLOT_BYTES];
    private final @Nullable IssuerKey[] issuers = new IssuerKey[SLOTS];
    private long written;
    private long read;
    private long lost;

    // The writer's copy of `read`, since reading the other thread's field costs a cache miss.
    private long readSeen;

    /// For the writing thread only.
    void put(IssuerKey issuer, byte[] source, int offset, int length) {
        long at = written;
        if (at - readSeen >= SLOTS) {
            readSeen = (long) READ.getAcquire(this);
        }
        if (at - readSeen >= SLOTS || length > SLOT_BYTES - 1) {
            LOST.setOpaque(this, lost + 1);
            return;
        }
        int slot = (int) (at & (SLOTS - 1));
        issuers[slot] = issuer;
        bytes[slot * SLOT_BYTES] = (byte) length;
        System.arraycopy(source, offset, bytes, slot * SLOT_BYTES + 1, length);
        WRITTEN.setRelease(this, at + 1);
    }

    /// For the reading thread only.
    void drain(Reader reader) {
        long end = (long) WRITTEN.getAcquire(this);
        for (long at = read; at < end; at++) {
            int slot = (int) (at & (SLOTS - 1));
            IssuerKey issuer = issuers[slot];
            if (issuer != null) {
                int start = slot * SLOT_BYTES;
                reader.asked(issuer, bytes, start + 1, bytes[start]);
            }
        }
        READ.setRelease(this, end);
    }

    /// Number of serials lost since the start.
    long lost() {
        return (long) LOST.getOpaque(this);
    }
}
