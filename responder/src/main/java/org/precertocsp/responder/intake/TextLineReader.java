package org.precertocsp.responder.intake;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads the lines of a text in any encoding that contains ASCII, one character for each byte.
/// Lines end in LF, CRLF or CR.
///
/// Only the beginning of a line longer than the limit is kept, so that a file without line ends
/// does not exhaust memory.
public final class TextLineReader implements Closeable {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final int maxBytes;
    private final byte[] buffer = new byte[BUFFER];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int at;
    private int filled;
    private long number;
    private boolean afterCarriageReturn;
    private boolean truncated;

    /// @param maxBytes maximum kept of a line
    public TextLineReader(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /// The next line without its end; null at the end of the file.
    public @Nullable String next() throws IOException {
        line.reset();
        truncated = false;
        skipLineFeed();
        if (at == filled && !refill()) {
            return null;
        }
        number++;
        int first = endOfLine();
        if (first < filled && first - at <= maxBytes) {
            // Nearly all lines: without a copy in between.
            String whole = new String(buffer, at, first - at, StandardCharsets.ISO_8859_1);
            afterCarriageReturn = buffer[first] == '\r';
            at = first + 1;
            return whole;
        }
        do {
            int end = endOfLine();
            keep(end);
            at = end;
            if (end < filled) {
                afterCarriageReturn = buffer[at++] == '\r';
                break;
            }
        } while (refill());
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private void skipLineFeed() throws IOException {
        if (afterCarriageReturn && (at < filled || refill()) && buffer[at] == '\n') {
            at++;
        }
        afterCarriageReturn = false;
    }

    private int endOfLine() {
        int end = at;
        while (end < filled && buffer[end] != '\n' && buffer[end] != '\r') {
            end++;
        }
        return end;
    }

    private void keep(int end) {
        int length = Math.min(end - at, maxBytes - line.size());
        line.write(buffer, at, length);
        truncated |= length < end - at;
    }

    private boolean refill() throws IOException {
        filled = Math.max(0, in.read(buffer));
        at = 0;
        return filled > 0;
    }

    /// Number of the line last read, from 1.
    public long number() {
        return number;
    }

    /// Whether the line last read was longer than the part that was kept.
    public boolean truncated() {
        return truncated;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
