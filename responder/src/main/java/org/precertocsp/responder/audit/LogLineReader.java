package org.precertocsp.responder.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Reads the lines of a file, with the position where each ends. Not thread-safe.
public final class LogLineReader implements AutoCloseable {
    /// Maximum length of a line; the lines this program writes are far shorter.
    static final int MAX_BYTES = 1 << 24;

    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int limit;
    private long end;
    private boolean torn;

    /// @param start number of bytes before the stream's first
    public LogLineReader(InputStream in, long start) {
        this.in = in;
        this.end = start;
    }

    /// The next line without its terminator; empty after the last complete one.
    ///
    /// @throws IOException also for a line that is too long
    public Optional<byte[]> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        while (true) {
            if (at == limit && !fill()) {
                torn = line.size() > 0;
                return Optional.empty();
            }
            int from = at;
            while (at < limit && buffer[at] != '\n') {
                at++;
            }
            line.write(buffer, from, at - from);
            if (line.size() > MAX_BYTES) {
                throw new IOException("a line of more than " + MAX_BYTES + " bytes");
            }
            if (at < limit) {
                at++;
                end += line.size() + 1L;
                return Optional.of(line.toByteArray());
            }
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }

    /// Position of the end of the last complete line.
    public long end() {
        return end;
    }

    /// True if bytes without a line terminator follow the last complete line.
    public boolean torn() {
        return torn;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
