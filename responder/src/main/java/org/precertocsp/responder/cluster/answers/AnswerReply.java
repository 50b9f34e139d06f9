package org.precertocsp.responder.cluster.answers;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.ResponseRecord;

/// An authority's reply to a batch, one item for each CertID in the order of the request.
///
/// | bytes | what |
/// |---|---|
/// | 01 | format |
/// | sequence (8) | at which it was judged, or later |
/// | n (1), n × 32 | the IDs of the templates, in the order of their first use |
/// | n (1) | number of items |
/// | 00 length (2) record | an item: [ResponseRecord] with issuer 0, its template an index above |
/// | 01 … 05 | an item without a response: [Reason] |
///
/// One reply has one encoding; any other bytes are refused.
///
/// @param sequence of the log
/// @param templates SHA-256 of each
record AnswerReply(long sequence, List<ByteString> templates, List<Item> items) {
    private static final int FORMAT = 1;
    private static final int ID_BYTES = 32;
    private static final int SIGNED = 0;
    private static final int MAX_COUNT = 255;

    /// The answer to one CertID.
    sealed interface Item {
        /// @param record its template is an index of [AnswerReply#templates]
        record Signed(ResponseRecord record) implements Item {}

        record Unsigned(Reason reason) implements Item {}
    }

    /// Why there is no response.
    enum Reason {
        /// The serial is announced and not assigned yet.
        ANNOUNCED(1),
        /// No record of the serial.
        UNASSIGNED(2),
        /// The authority answers for no issuer with these hashes.
        NOT_SERVED(3),
        /// No signature can be made now: the key is busy, or fails.
        BUSY(4),
        /// The authority's store failed, or the authority has a bug.
        FAILED(5);

        private final int code;

        Reason(int code) {
            this.code = code;
        }
    }

    AnswerReply {
        templates = List.copyOf(templates);
        items = List.copyOf(items);
    }

    /// @throws IllegalArgumentException the parts do not belong together
    byte[] encode() {
        if (sequence < 0 || items.isEmpty() || items.size() > MAX_COUNT) {
            throw new IllegalArgumentException(
                    "sequence %d, %d items".formatted(sequence, items.size()));
        }
        requireUsed();
        ByteArrayOutputStream out = new ByteArrayOutputStream(32 + 100 * items.size());
        out.write(FORMAT);
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(sequence).array());
        out.write(templates.size());
        templates.forEach(id -> out.writeBytes(id.toArray()));
        out.write(items.size());
        for (Item item : items) {
            switch (item) {
                case Item.Signed(ResponseRecord record) -> {
                    byte[] bytes = record.encode();
                    if (bytes.length > 0xffff) {
                        throw new IllegalArgumentException(
                                "a record of %d bytes".formatted(bytes.length));
                    }
                    out.write(SIGNED);
                    out.write(bytes.length >> 8);
                    out.write(bytes.length);
                    out.writeBytes(bytes);
                }
                case Item.Unsigned(Reason reason) -> out.write(reason.code);
            }
        }
        return out.toByteArray();
    }

    /// Each template is used, and they are in the order of their first use.
    private void requireUsed() {
        int used = 0;
        for (Item item : items) {
            if (item instanceof Item.Signed(ResponseRecord record)) {
                if (record.issuer() != 0 || record.template() > used) {
                    throw new IllegalArgumentException(
                            "an item names issuer %d and template %d after %d of them"
                                    .formatted(record.issuer(), record.template(), used));
                }
                used = Math.max(used, record.template() + 1);
            }
        }
        if (used != templates.size() || new HashSet<>(templates).size() != used) {
            throw new IllegalArgumentException(
                    "%d templates, of which items use %d".formatted(templates.size(), used));
        }
        if (templates.stream().anyMatch(id -> id.length() != ID_BYTES)) {
            throw new IllegalArgumentException("a template's ID has 32 bytes");
        }
    }

    /// @throws InvalidReplyException the bytes are not exactly one reply of this format
    static AnswerReply decode(byte[] bytes) throws InvalidReplyException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            int format = octet(in);
            if (format != FORMAT) {
                throw new InvalidReplyException("it has format %d, not 1".formatted(format), null);
            }
            long sequence = in.getLong();
            List<ByteString> templates = new ArrayList<>();
            for (int left = octet(in); left > 0; left--) {
                templates.add(bytes(in, ID_BYTES));
            }
            List<Item> items = new ArrayList<>();
            for (int left = octet(in); left > 0; left--) {
                items.add(item(in));
            }
            if (in.hasRemaining()) {
                throw new InvalidReplyException(
                        "%d bytes after its end".formatted(in.remaining()), null);
            }
            AnswerReply reply = new AnswerReply(sequence, templates, items);
            if (sequence < 0 || items.isEmpty()) {
                throw new InvalidReplyException(
                        "sequence %d, %d items".formatted(sequence, items.size()), null);
            }
            reply.requireUsed();
            return reply;
        } catch (BufferUnderflowException e) {
            throw new InvalidReplyException("it ends early", e);
        } catch (StoreException | IllegalArgumentException e) {
            throw new InvalidReplyException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Item item(ByteBuffer in) throws InvalidReplyException {
        int code = octet(in);
        if (code == SIGNED) {
            int length = octet(in) << 8 | octet(in);
            return new Item.Signed(ResponseRecord.decode(bytes(in, length).toArray()));
        }
        for (Reason reason : Reason.values()) {
            if (reason.code == code) {
                return new Item.Unsigned(reason);
            }
        }
        throw new InvalidReplyException("an item of kind %d".formatted(code), null);
    }

    private static ByteString bytes(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return ByteString.of(bytes);
    }

    private static int octet(ByteBuffer in) {
        return in.get() & 0xff;
    }
}
