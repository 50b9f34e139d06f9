package org.precertocsp.responder.ctlog;

import org.precertocsp.der.ByteString;

/// Reads numbers and length-prefixed bytes of TLS structures (RFC 5246 §4), without copying.
final class TlsReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    /// @param end exclusive
    TlsReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    int at() {
        return at;
    }

    boolean hasMore() {
        return at < end;
    }

    /// @param width bytes of the number, up to 8
    long number(int width, String what) throws MalformedEntryException {
        int start = skip(width, what);
        long value = 0;
        for (int i = start; i < at; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }

    /// Skips bytes and returns their position.
    int skip(int count, String what) throws MalformedEntryException {
        if (count > end - at) {
            throw new MalformedEntryException(
                    "%s at byte %d is truncated: %d bytes, not %d"
                            .formatted(what, at, end - at, count));
        }
        at += count;
        return at - count;
    }

    /// Skips a length and as many bytes; [#at] is then their end. Returns their position.
    ///
    /// @param width bytes of the length, 1 to 3
    int skipCounted(int width, String what) throws MalformedEntryException {
        int length = (int) number(width, what);
        return skip(length, what);
    }

    ByteString counted(int width, String what) throws MalformedEntryException {
        int start = skipCounted(width, what);
        return ByteString.of(bytes, start, at - start);
    }

    /// @throws MalformedEntryException if bytes are left
    void end(String what) throws MalformedEntryException {
        if (hasMore()) {
            throw new MalformedEntryException((end - at) + " bytes follow " + what);
        }
    }
}
