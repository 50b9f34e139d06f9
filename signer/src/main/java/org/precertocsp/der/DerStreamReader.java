package org.precertocsp.der;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// Reads DER of any length front to back with one buffer. For one thread.
///
/// Lengths may have more bytes than needed, as with [DerReader#lenient]. The caller passes the
/// offset up to which an element may reach, since the reader does not track containers.
public final class DerStreamReader implements Closeable {
    private static final int BUFFER = 1 << 16;
    private static final int INDEFINITE = 0x80;

    /// Enough for any file.
    private static final int MAX_LENGTH_BYTES = 6;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;
    private int next;
    private long bufferStart;

    public DerStreamReader(InputStream in) {
        this.in = in;
    }

    /// Offset of the next byte to read.
    public long position() {
        return bufferStart + next;
    }

    /// Reads tag and length of the next element, which must end by `limit`.
    public DerHeader header(long limit) throws MalformedDerException, IOException {
        long start = position();
        return headerIfItFits(limit)
                .orElseThrow(
                        () ->
                                new MalformedDerException(
                                        "an element longer than what holds it", start));
    }

    /// As [#header]; empty if the element does not end by `limit`.
    public Optional<DerHeader> headerIfItFits(long limit)
            throws MalformedDerException, IOException {
        long start = position();
        int tag = require();
        if ((tag & DerTag.SEVERAL_BYTES) == DerTag.SEVERAL_BYTES) {
            throw new MalformedDerException("a tag of several bytes", start);
        }
        long length = length(start);
        long content = position();
        return length > limit - content
                ? Optional.empty()
                : Optional.of(new DerHeader(tag, start, content, content + length));
    }

    /// As [#header], for an element that must have that tag.
    ///
    /// @param what its name in the message
    public DerHeader header(int tag, String what, long limit)
            throws MalformedDerException, IOException {
        if (position() >= limit) {
            throw new MalformedDerException(what + " is missing", position());
        }
        DerHeader header = header(limit);
        if (header.tag() != tag) {
            throw new MalformedDerException(
                    "%s expected, found tag 0x%02x".formatted(what, header.tag()), header.start());
        }
        return header;
    }

    private long length(long start) throws MalformedDerException, IOException {
        int first = require();
        if (first < INDEFINITE) {
            return first;
        }
        int count = first - INDEFINITE;
        if (count == 0) {
            throw new MalformedDerException("an indefinite length, which DER does not know", start);
        }
        if (count > MAX_LENGTH_BYTES) {
            throw new MalformedDerException("a length no file has", start);
        }
        long length = 0;
        for (int i = 0; i < count; i++) {
            length = length << 8 | require();
        }
        return length;
    }

    /// The content of the element whose header was read last.
    ///
    /// @throws MalformedDerException if it is longer than `maxBytes`
    public byte[] content(DerHeader header, int maxBytes)
            throws MalformedDerException, IOException {
        if (header.length() > maxBytes) {
            throw new MalformedDerException(
                    "an element of %d bytes where at most %d are read"
                            .formatted(header.length(), maxBytes),
                    header.start());
        }
        return beginning(header, maxBytes);
    }

    /// The content of the element whose header was read last, at most `maxBytes` of it.
    public byte[] beginning(DerHeader header, int maxBytes)
            throws MalformedDerException, IOException {
        byte[] content = new byte[(int) Math.min(header.length(), maxBytes)];
        int done = 0;
        while (done < content.length) {
            requireMore();
            int step = Math.min(content.length - done, filled - next);
            System.arraycopy(buffer, next, content, done, step);
            next += step;
            done += step;
        }
        return content;
    }

    /// Skips everything up to `offset`.
    public void skipTo(long offset) throws MalformedDerException, IOException {
        while (position() < offset) {
            requireMore();
            next += (int) Math.min(offset - position(), filled - next);
        }
    }

    /// Copies everything up to `offset`.
    public void copyTo(long offset, OutputStream target) throws MalformedDerException, IOException {
        while (position() < offset) {
            requireMore();
            int step = (int) Math.min(offset - position(), filled - next);
            target.write(buffer, next, step);
            next += step;
        }
    }

    /// Skips everything that is left.
    public void skipRest() throws IOException {
        do {
            next = filled;
        } while (fill());
    }

    /// The next byte, or -1 at the end.
    public int read() throws IOException {
        return next < filled || fill() ? buffer[next++] & 0xff : -1;
    }

    private int require() throws MalformedDerException, IOException {
        requireMore();
        return buffer[next++] & 0xff;
    }

    private void requireMore() throws MalformedDerException, IOException {
        if (next == filled && !fill()) {
            throw new MalformedDerException("the file ends in the middle", position());
        }
    }

    /// Decompressing a truncated file ends with an exception.
    private boolean fill() throws IOException {
        int count;
        try {
            count = in.read(buffer, 0, BUFFER);
        } catch (EOFException e) {
            count = -1;
        }
        if (count <= 0) {
            return false;
        }
        bufferStart += filled;
        filled = count;
        next = 0;
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
