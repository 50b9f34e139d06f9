package org.precertocsp.responder.audit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.precertocsp.der.ByteString;

/// Signatures waiting to be written to the journal: a ring of slots in a file mapped into memory.
/// To put one costs a copy and no system call, and it survives the death of the process, though not
/// that of the machine.
///
/// Many threads put, one takes. A full ring rejects. A signature takes one slot, and another for
/// each four serials beyond its first.
///
/// A slot is claimed, marked as being written by its negative sequence number, filled, and marked
/// as complete by its sequence number; only then is the signature released. So a slot that is
/// incomplete after a crash belongs to a signature that was never released. A checksum for each
/// slot, in an area after all slots, distinguishes a modified slot from a complete one.
///
/// SignatureJournalBenchmark measures the benefit of the slot layout.
final class SignatureRingBuffer {
    /// At 20,000 signatures a second, room for three seconds without disk writes.
    static final int SLOTS = 1 << 16;

    private static final int SLOT_BYTES = 128;
    private static final int CHECKS = SLOTS * SLOT_BYTES;
    private static final int CHECK_BYTES = 4;
    private static final int FILE_BYTES = CHECKS + SLOTS * CHECK_BYTES;

    // Offsets in every slot.
    private static final int SEQUENCE = 0;
    private static final int STATUS = 24;

    // Offsets in a signature's first slot.
    private static final int AT = 8;
    private static final int UNTIL = 16;
    private static final int SERIAL_LENGTH = 25;
    private static final int SERIAL = 26;
    private static final int FURTHER_SLOTS = 47;
    private static final int SIGNATURE = 48;
    private static final int KEY = 64;
    private static final int ISSUER = 96;

    // Offsets in its other slots.
    private static final int FURTHER = 32;
    private static final int FURTHER_BYTES = 23;
    private static final int PER_SLOT = 4;

    // Instead of a status.
    private static final char CONTINUED = '+';
    private static final char VOID = 'x';

    private static final int MAX_SERIAL = 21;
    private static final int HASH_BYTES = 32;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final VarHandle SEQUENCES = LONG.varHandle();

    /// Far enough from every sequence number that nothing can be claimed any more.
    private static final long SHUT = 1L << 62;

    private final MemorySegment slots;
    private final AtomicLong claimed;
    private final AtomicLong taken;

    private SignatureRingBuffer(MemorySegment slots, long taken) {
        this.slots = slots;
        this.claimed = new AtomicLong(taken);
        this.taken = new AtomicLong(taken);
    }

    /// A signature ready to be put: everything that can fail has been done.
    static final class Slots {
        private final byte[][] bytes;
        private final int[] checks;

        Slots(SignatureEntry entry) {
            int further = (entry.said().size() - 1 + PER_SLOT - 1) / PER_SLOT;
            if (further > 0xff) {
                throw new IllegalArgumentException("one response for so many serials");
            }
            this.bytes = new byte[1 + further][SLOT_BYTES];
            this.checks = new int[bytes.length];
            first(bytes[0], entry);
            for (int i = 0; i < further; i++) {
                further(bytes[1 + i], entry.said(), 1 + i * PER_SLOT);
            }
            for (int i = 0; i < bytes.length; i++) {
                checks[i] = check(bytes[i]);
            }
        }

        private void first(byte[] slot, SignatureEntry entry) {
            ByteBuffer.wrap(slot)
                    .order(ByteOrder.nativeOrder())
                    .putLong(AT, entry.at())
                    .putLong(UNTIL, entry.until());
            SignatureEntry.Said said = entry.said().getFirst();
            slot[STATUS] = (byte) said.status();
            slot[SERIAL_LENGTH] = (byte) said.serial().length();
            said.serial().copyTo(slot, SERIAL);
            slot[FURTHER_SLOTS] = (byte) (bytes.length - 1);
            int start = Math.min(entry.signature().length(), SignatureEntry.SIGNATURE_BYTES);
            for (int i = 0; i < start; i++) {
                slot[SIGNATURE + i] = entry.signature().at(i);
            }
            entry.key().copyTo(slot, KEY);
            entry.issuer().copyTo(slot, ISSUER);
        }

        private static void further(byte[] slot, List<SignatureEntry.Said> said, int from) {
            slot[STATUS] = (byte) CONTINUED;
            for (int i = from; i < Math.min(said.size(), from + PER_SLOT); i++) {
                int at = FURTHER + (i - from) * FURTHER_BYTES;
                slot[at] = (byte) said.get(i).status();
                slot[at + 1] = (byte) said.get(i).serial().length();
                said.get(i).serial().copyTo(slot, at + 2);
            }
        }

        int count() {
            return bytes.length;
        }
    }

    private static int check(byte[] slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot, AT, SLOT_BYTES - AT);
        return (int) crc.getValue();
    }

    /// A checksum of a slot's bytes, bound to its sequence number.
    private static int bound(int check, long sequence) {
        return check
                ^ (int) sequence
                ^ Integer.rotateLeft((int) (sequence >>> 32), 16)
                ^ 0x5a5a5a5a;
    }

    /// The ring that a process left behind when it died.
    ///
    /// @param entries in order
    /// @param last the number of the newest slot ever filled; 0 if there is none
    /// @param damaged number of slots that were modified
    record Left(List<Sequenced> entries, long last, int damaged) {}

    /// @param after number of the last slot known to be in the journal
    /// @return empty if there is no such file
    static Optional<Left> left(Path file, long after) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
        // Files of earlier versions end after the slots.
        boolean checked = bytes.length != CHECKS;
        MemorySegment all = MemorySegment.ofArray(aligned(Arrays.copyOf(bytes, FILE_BYTES)));
        int damaged = bytes.length < CHECKS ? (CHECKS - bytes.length) / SLOT_BYTES + 1 : 0;
        long last = 0;
        TreeMap<Long, Integer> whole = new TreeMap<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            long sequence = all.get(LONG, (long) slot * SLOT_BYTES + SEQUENCE);
            if (checked && !isSound(all, slot, sequence)) {
                damaged++;
            } else if (sequence > 0 && sequence % SLOTS == slot) {
                last = Math.max(last, sequence);
                if (sequence > after) {
                    whole.put(sequence, slot);
                }
            }
        }
        return Optional.of(new Left(entries(all, whole), last, damaged));
    }

    // A heap array of longs, so that the longs in it are aligned.
    private static long[] aligned(byte[] bytes) {
        long[] longs = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer().get(longs);
        return longs;
    }

    private static boolean isSound(MemorySegment all, int slot, long sequence) {
        int kept = all.get(INT, CHECKS + (long) slot * CHECK_BYTES);
        if (sequence == 0) {
            // The slot was never used.
            return kept == 0;
        }
        if (sequence < 0) {
            // The slot was being written when the process died.
            return -sequence % SLOTS == slot && -sequence < SHUT;
        }
        byte[] bytes = new byte[SLOT_BYTES];
        MemorySegment.copy(all, BYTE, (long) slot * SLOT_BYTES, bytes, 0, SLOT_BYTES);
        return kept == bound(check(bytes), sequence) && sequence % SLOTS == slot;
    }

    private static List<Sequenced> entries(MemorySegment all, NavigableMap<Long, Integer> whole) {
        List<Sequenced> entries = new ArrayList<>();
        for (long sequence : whole.keySet()) {
            int further = further(all, sequence);
            if (further >= 0
                    && whole.subMap(sequence, true, sequence + further, true).size()
                            == further + 1) {
                entries.add(new Sequenced(sequence + further, read(all, sequence, further)));
            }
        }
        return entries;
    }

    /// An entry and the number of its last slot.
    record Sequenced(long sequence, SignatureEntry entry) {}

    /// Creates an empty ring. Its disk space is allocated now: a page of a mapped file for which
    /// there is no space later causes a fault in the thread that writes to it.
    ///
    /// @param after number of the last one in the journal
    static SignatureRingBuffer begin(Path file, long after) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE))) {
            ByteBuffer zeros = ByteBuffer.allocate(FILE_BYTES);
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
            // Unmapped once it is unreachable: a token may release its last signature long after
            // everything was closed.
            return new SignatureRingBuffer(
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, FILE_BYTES, Arena.ofAuto()),
                    after);
        }
    }

    /// Claims this many slots in a row.
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

    /// Fills claimed slots. Whatever goes wrong, no slot stays unfilled permanently.
    void put(long first, Slots filled) {
        int i = filled.count() - 1;
        try {
            // The first slot last, so that a reader that sees it sees the whole signature.
            for (; i >= 0; i--) {
                fill(first + i, filled.bytes[i], filled.checks[i]);
            }
        } finally {
            if (i >= 0) {
                giveUp(first, filled.count());
            }
        }
    }

    private void giveUp(long first, int count) {
        byte[] nothing = new byte[SLOT_BYTES];
        nothing[STATUS] = (byte) VOID;
        for (int i = count - 1; i >= 0; i--) {
            fill(first + i, nothing, check(nothing));
        }
    }

    private void fill(long sequence, byte[] bytes, int check) {
        long slot = slot(sequence);
        SEQUENCES.setRelease(slots, slot + SEQUENCE, -sequence);
        VarHandle.storeStoreFence();
        MemorySegment.copy(bytes, AT, slots, BYTE, slot + AT, SLOT_BYTES - AT);
        slots.set(INT, CHECKS + sequence % SLOTS * CHECK_BYTES, bound(check, sequence));
        // Last, so that a reader that sees it sees the whole slot.
        SEQUENCES.setRelease(slots, slot + SEQUENCE, sequence);
    }

    private static long slot(long sequence) {
        return sequence % SLOTS * SLOT_BYTES;
    }

    /// The signatures that are complete and not [#taken], in order.
    ///
    /// @param entries without those that were abandoned
    /// @param count number of their slots
    record Batch(List<Sequenced> entries, int count) {}

    /// Called by one thread.
    ///
    /// @param most approximate maximum number of slots
    Batch peek(int most) {
        List<Sequenced> entries = new ArrayList<>();
        int count = 0;
        long next = taken.get() + 1;
        while (count < most && isWhole(next)) {
            int further = Math.max(0, further(slots, next));
            if (further(slots, next) >= 0) {
                entries.add(new Sequenced(next + further, read(slots, next, further)));
            }
            next += 1 + further;
            count += 1 + further;
        }
        return new Batch(entries, count);
    }

    private boolean isWhole(long sequence) {
        return (long) SEQUENCES.getAcquire(slots, slot(sequence) + SEQUENCE) == sequence;
    }

    /// Number of slots that are claimed and not taken.
    long waiting() {
        return lastClaimed() - taken.get();
    }

    /// Frees the first slots, whose signatures are now in the journal.
    void taken(int count) {
        taken.addAndGet(count);
    }

    /// The number of the last slot claimed.
    long lastClaimed() {
        return claimed.get() & (SHUT - 1);
    }

    /// The number of the last slot taken.
    long lastTaken() {
        return taken.get();
    }

    /// Rejects every claim from here on.
    void shut() {
        claimed.getAndUpdate(it -> it | SHUT);
    }

    /// Number of slots that follow a signature's first; -1 if none begins here.
    private static int further(MemorySegment slots, long sequence) {
        char status = (char) slots.get(BYTE, slot(sequence) + STATUS);
        return status == CONTINUED || status == VOID
                ? -1
                : Byte.toUnsignedInt(slots.get(BYTE, slot(sequence) + FURTHER_SLOTS));
    }

    private static SignatureEntry read(MemorySegment slots, long sequence, int further) {
        long slot = slot(sequence);
        List<SignatureEntry.Said> said = new ArrayList<>(1 + further * PER_SLOT);
        said.add(said(slots, slot + STATUS));
        for (int i = 0; i < further; i++) {
            long at = slot(sequence + 1 + i) + FURTHER;
            for (int j = 0; j < PER_SLOT && slots.get(BYTE, at) != 0; j++) {
                said.add(said(slots, at));
                at += FURTHER_BYTES;
            }
        }
        return new SignatureEntry(
                bytes(slots, slot + KEY, HASH_BYTES),
                bytes(slots, slot + ISSUER, HASH_BYTES),
                said,
                slots.get(LONG, slot + AT),
                slots.get(LONG, slot + UNTIL),
                bytes(slots, slot + SIGNATURE, SignatureEntry.SIGNATURE_BYTES));
    }

    /// Status, length and serial are in this order in both kinds of slots.
    private static SignatureEntry.Said said(MemorySegment slots, long at) {
        int length = Math.clamp(slots.get(BYTE, at + 1), 0, MAX_SERIAL);
        return new SignatureEntry.Said(bytes(slots, at + 2, length), (char) slots.get(BYTE, at));
    }

    private static ByteString bytes(MemorySegment slots, long at, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(slots, BYTE, at, bytes, 0, length);
        return ByteString.of(bytes);
    }
}
