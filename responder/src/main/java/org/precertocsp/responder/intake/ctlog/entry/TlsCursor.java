package org.precertocsp.responder.intake.ctlog.entry;

import org.precertocsp.ocsp.Octets;

/// Reads numbers and length-prefixed bytes of TLS structures (RFC 5246 §4), without copying.
final class TlsCursor {
    private final byte[] octets;
    private final int end;
    private int at;

    /// @param end exclusive
    TlsCursor(byte[] octets, int from, int end) {
        this.octets = octets;
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
    long number(int width, String what) throws MalformedEntry {
        int start = skip(width, what);
        long value = 0;
        for (int i = start; i < at; i++) {
            value = value << 8 | (octets[i] & 0xff);
        }
        return value;
    }

    /// Skips bytes and returns their position.
    int skip(int count, String what) throws MalformedEntry {
        if (count > end - at) {
            throw new MalformedEntry(
                    "%s at byte %d is truncated: %d bytes, not %d"
                            .formatted(what, at, end - at, count));
        }
        at += count;
        return at - count;
    }

    /// Skips a length and as many bytes; [#at] is then their end. Returns their position.
    ///
    /// @param width bytes of the length, 1 to 3
    int skipCounted(int width, String what) throws MalformedEntry {
        int length = (int) number(width, what);
        return skip(length, what);
    }

    Octets counted(int width, String what) throws MalformedEntry {
        int start = skipCounted(width, what);
        return Octets.of(octets, start, at - start);
    }

    Octets taken(int count, String what) throws MalformedEntry {
        return Octets.of(octets, skip(count, what), count);
    }

    /// @throws MalformedEntry if bytes are left
    void end(String what) throws MalformedEntry {
        if (hasMore()) {
            throw new MalformedEntry((end - at) + " bytes follow " + what);
        }
    }
}
