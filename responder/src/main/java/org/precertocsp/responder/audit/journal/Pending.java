package org.precertocsp.responder.audit.journal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.precertocsp.ocsp.Octets;

/// Signatures on their way into the journal: a ring of slots in a file mapped into memory. Putting
/// one costs a copy and no system call, and what was put survives the death of the process, though
/// not that of the machine.
///
/// Many threads put, one takes. A full ring refuses.
///
/// The layout of a slot pays for itself in JournalMeasurement.
final class Pending {
    /// At 20,000 signatures a second, room for three seconds in which the disk does nothing.
    static final int SLOTS = 1 << 16;

    private static final int SLOT_OCTETS = 128;
    private static final int SEQUENCE = 0;
    private static final int AT = 8;
    private static final int UNTIL = 16;
    private static final int STATUS = 24;
    private static final int SERIAL_LENGTH = 25;
    private static final int SERIAL = 26;
    private static final int SIGNATURE = 48;
    private static final int KEY = 64;
    private static final int ISSUER = 96;
    private static final int MAX_SERIAL = 21;
    private static final int HASH_OCTETS = 32;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final VarHandle SEQUENCES = LONG.varHandle();

    private final MemorySegment slots;
    private final AtomicLong claimed;
    private final AtomicLong taken;

    private Pending(MemorySegment slots, long taken) {
        this.slots = slots;
        this.claimed = new AtomicLong(taken);
        this.taken = new AtomicLong(taken);
    }

    /// What a process left behind that died, in order; none after a clean end.
    ///
    /// @param after the last one known to be in the journal
    static List<Sequenced> left(Path file, long after) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        MemorySegment slots = map(file);
        List<Sequenced> left = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            long sequence = slots.get(LONG, (long) slot * SLOT_OCTETS + SEQUENCE);
            if (sequence > after && sequence % SLOTS == slot) {
                left.add(new Sequenced(sequence, read(slots, sequence)));
            }
        }
        left.sort(Comparator.comparingLong(Sequenced::sequence));
        return left;
    }

    /// An entry and its place among all there ever were.
    record Sequenced(long sequence, Entry entry) {}

    /// Begins with an empty ring.
    ///
    /// @param after the number of the last one in the journal
    static Pending begin(Path file, long after) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return new Pending(map(file), after);
    }

    // Unmapped when nobody can reach it any more: a token may let go of its last signature long
    // after everything was closed.
    private static MemorySegment map(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE))) {
            return channel.map(
                    FileChannel.MapMode.READ_WRITE, 0, (long) SLOTS * SLOT_OCTETS, Arena.ofAuto());
        }
    }

    /// Claims so many places in a row.
    ///
    /// @return the first, or 0 if there is no room
    long claim(int count) {
        while (true) {
            long last = claimed.get();
            if (last + count - taken.get() > SLOTS) {
                return 0;
            }
            if (claimed.compareAndSet(last, last + count)) {
                return last + 1;
            }
        }
    }

    /// Fills a place that was claimed.
    void put(long sequence, Entry entry) {
        byte[] octets = new byte[SLOT_OCTETS];
        ByteBuffer.wrap(octets)
                .order(ByteOrder.nativeOrder())
                .putLong(AT, entry.at())
                .putLong(UNTIL, entry.until());
        octets[STATUS] = (byte) entry.status();
        octets[SERIAL_LENGTH] = (byte) entry.serial().length();
        entry.serial().copyTo(octets, SERIAL);
        int start = Math.min(entry.signature().length(), Entry.SIGNATURE_OCTETS);
        for (int i = 0; i < start; i++) {
            octets[SIGNATURE + i] = entry.signature().at(i);
        }
        entry.key().copyTo(octets, KEY);
        entry.issuer().copyTo(octets, ISSUER);
        long slot = slot(sequence);
        MemorySegment.copy(octets, AT, slots, BYTE, slot + AT, SLOT_OCTETS - AT);
        // Last, so that whoever sees it sees all of the entry.
        SEQUENCES.setRelease(slots, slot + SEQUENCE, sequence);
    }

    private static long slot(long sequence) {
        return sequence % SLOTS * SLOT_OCTETS;
    }

    /// The entry after the last one [#taken]; empty if it is not there yet. Called by one thread.
    ///
    /// @param ahead how many after it
    Optional<Sequenced> peek(int ahead) {
        long sequence = taken.get() + 1 + ahead;
        return (long) SEQUENCES.getAcquire(slots, slot(sequence) + SEQUENCE) == sequence
                ? Optional.of(new Sequenced(sequence, read(slots, sequence)))
                : Optional.empty();
    }

    /// How many places are claimed.
    long waiting() {
        return claimed.get() - taken.get();
    }

    /// The first so many are in the journal; their places may be used again.
    void taken(int count) {
        taken.addAndGet(count);
    }

    private static Entry read(MemorySegment slots, long sequence) {
        long slot = slot(sequence);
        int length = Math.clamp(slots.get(BYTE, slot + SERIAL_LENGTH), 0, MAX_SERIAL);
        return new Entry(
                octets(slots, slot + KEY, HASH_OCTETS),
                octets(slots, slot + ISSUER, HASH_OCTETS),
                octets(slots, slot + SERIAL, length),
                (char) slots.get(BYTE, slot + STATUS),
                slots.get(LONG, slot + AT),
                slots.get(LONG, slot + UNTIL),
                octets(slots, slot + SIGNATURE, Entry.SIGNATURE_OCTETS));
    }

    private static Octets octets(MemorySegment slots, long at, int length) {
        byte[] octets = new byte[length];
        MemorySegment.copy(slots, BYTE, at, octets, 0, length);
        return Octets.of(octets);
    }
}
