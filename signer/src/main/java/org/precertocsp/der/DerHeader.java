package org.precertocsp.der;

import java.util.Optional;
import java.util.OptionalInt;

/// Tag and length of an element whose content need not be available. Offsets count from the start
/// of the input; ends are exclusive.
///
/// @param start offset of the tag
/// @param content offset of the first byte of content
public record DerHeader(int tag, long start, long content, long end) {
    /// Maximum bytes of a tag and a length that [#peek] reads.
    public static final int MAX_BYTES = 6;

    private static final int INDEFINITE = 0x80;

    public long length() {
        return end - content;
    }

    /// Reads the header at `at`, if there is one. The bytes are only the beginning of the input:
    /// the content may reach beyond their end, and the length may have more bytes than needed.
    public static Optional<DerHeader> peek(byte[] head, int at) {
        if (at < 0 || at > head.length - 2) {
            return Optional.empty();
        }
        int tag = head[at] & 0xff;
        int first = head[at + 1] & 0xff;
        int content = at + 2 + (first > INDEFINITE ? first - INDEFINITE : 0);
        if ((tag & DerTag.SEVERAL_BYTES) == DerTag.SEVERAL_BYTES
                || first == INDEFINITE
                || content > Math.min(at + MAX_BYTES, head.length)) {
            return Optional.empty();
        }
        long length = first < INDEFINITE ? first : 0;
        for (int i = at + 2; i < content; i++) {
            length = length << 8 | (head[i] & 0xff);
        }
        return Optional.of(new DerHeader(tag, at, content, content + length));
    }

    /// The offset of the content of the element at `at`, if the bytes reach so far; its length may
    /// be anything, even indefinite.
    public static OptionalInt contentStart(byte[] head, int at) {
        if (at + 1 >= head.length) {
            return OptionalInt.empty();
        }
        int first = head[at + 1] & 0xff;
        int content = at + 2 + (first > INDEFINITE ? first - INDEFINITE : 0);
        return content < head.length ? OptionalInt.of(content) : OptionalInt.empty();
    }
}
