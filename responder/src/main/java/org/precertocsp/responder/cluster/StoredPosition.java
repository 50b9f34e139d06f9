package org.precertocsp.responder.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// How far a store has read the log: stored with its rows.
///
/// | format (1) = 2, generation (8), epoch (8), sequence (8), head (32), offset (8), ID of the log (16), zeros if it is not known, name of the holder, empty for none |
/// |---|
///
/// Format 1 is the same without the ID of the log.
///
/// @param at without staged parts, which are read again
/// @param logId in which log the offset is; empty if nobody knows, so that the offset says nothing
/// @param offset in that log from which on to read; records before it that were not counted yet are
///   parts of a set without its seal
record StoredPosition(ReaderPosition at, Optional<ByteString> logId, long offset) {
    static final StoredPosition START =
            new StoredPosition(ReaderPosition.START, Optional.empty(), 0);

    private static final int FORMAT = 2;
    private static final int WITHOUT_ID = 1;
    private static final ByteString NO_ID = ByteString.of(new byte[StatusLog.ID_BYTES]);
    private static final int FIXED = 1 + 4 * Long.BYTES + ClusterRecord.DIGEST_BYTES;

    StoredPosition {
        if (at.staged().isPresent()) {
            throw new IllegalArgumentException("parts are staged");
        }
    }

    ByteString encode() {
        byte[] holder = at.holder().orElse("").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(FIXED + StatusLog.ID_BYTES + holder.length);
        out.put((byte) FORMAT).putLong(at.generation()).putLong(at.epoch()).putLong(at.sequence());
        out.put(at.head().toArray()).putLong(offset);
        out.put(logId.orElse(NO_ID).toArray()).put(holder);
        return ByteString.of(out.array());
    }

    /// @throws InvalidRecordException a newer program wrote it, or it is damaged
    static StoredPosition decode(ByteString bytes) throws InvalidRecordException {
        ByteBuffer in = ByteBuffer.wrap(bytes.toArray());
        int format = in.hasRemaining() ? in.get() : 0;
        int idBytes = format == WITHOUT_ID ? 0 : StatusLog.ID_BYTES;
        if ((format != FORMAT && format != WITHOUT_ID) || bytes.length() < FIXED + idBytes) {
            throw new InvalidRecordException("the stored position cannot be read: " + bytes);
        }
        long generation = in.getLong();
        long epoch = in.getLong();
        long sequence = in.getLong();
        byte[] head = new byte[ClusterRecord.DIGEST_BYTES];
        in.get(head);
        long offset = in.getLong();
        byte[] id = new byte[idBytes];
        in.get(id);
        byte[] holder = new byte[in.remaining()];
        in.get(holder);
        String name = new String(holder, StandardCharsets.US_ASCII);
        return new StoredPosition(
                new ReaderPosition(
                        generation,
                        epoch,
                        name.isEmpty() ? Optional.empty() : Optional.of(name),
                        sequence,
                        ByteString.of(head),
                        Optional.empty()),
                Optional.of(ByteString.of(id)).filter(it -> it.length() > 0 && !it.equals(NO_ID)),
                offset);
    }
}
