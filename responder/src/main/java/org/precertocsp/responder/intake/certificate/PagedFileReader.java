package org.precertocsp.responder.intake.certificate;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.precertocsp.responder.intake.ProgressListener;

/// Bytes of a file by position. A large page follows the reader; a small one serves lookahead, so
/// that searching a damaged file takes time linear in its size.
final class PagedFileReader implements Closeable {
    private static final int PAGE = 1 << 16;
    private static final int PEEK = 32;

    /// The source of the bytes.
    private interface Source extends Closeable {
        /// As [FileChannel#read(ByteBuffer, long)].
        int read(ByteBuffer target, long position) throws IOException;
    }

    private final Source source;
    private final ProgressListener progress;
    private final long size;
    private final ByteBuffer page = ByteBuffer.allocate(PAGE).limit(0);
    private final ByteBuffer peek = ByteBuffer.allocate(PEEK).limit(0);
    private long pageStart;
    private long peekStart;

    private PagedFileReader(Source source, long size, ProgressListener progress) {
        this.source = source;
        this.progress = progress;
        this.size = size;
    }

    static PagedFileReader over(FileChannel channel, ProgressListener progress) throws IOException {
        Source source =
                new Source() {
                    @Override
                    public int read(ByteBuffer target, long position) throws IOException {
                        return channel.read(target, position);
                    }

                    @Override
                    public void close() throws IOException {
                        channel.close();
                    }
                };
        return new PagedFileReader(source, channel.size(), progress);
    }

    /// @param content not copied
    static PagedFileReader over(byte[] content, ProgressListener progress) {
        Source source =
                new Source() {
                    @Override
                    public int read(ByteBuffer target, long position) {
                        int count = (int) Math.min(target.remaining(), content.length - position);
                        if (count <= 0) {
                            return -1;
                        }
                        target.put(content, (int) position, count);
                        return count;
                    }

                    @Override
                    public void close() {
                        // Nothing to close.
                    }
                };
        return new PagedFileReader(source, content.length, progress);
    }

    long size() {
        return size;
    }

    /// The byte, or -1 after the end.
    int at(long position) throws IOException {
        if (position >= size) {
            return -1;
        }
        if (holds(page, pageStart, position)) {
            return page.get((int) (position - pageStart)) & 0xff;
        }
        if (!holds(peek, peekStart, position)) {
            peekStart = position;
            fill(peek, position);
        }
        return peek.hasRemaining() ? peek.get((int) (position - peekStart)) & 0xff : -1;
    }

    /// Sets the position for progress.
    void moveTo(long position) throws IOException {
        if (position < size && !holds(page, pageStart, position)) {
            pageStart = position;
            fill(page, position);
            progress.at(Math.min(size, position + page.limit()));
        }
    }

    byte[] copy(long position, int length) throws IOException {
        ByteBuffer copy = ByteBuffer.allocate(length);
        if (holds(page, pageStart, position) && holds(page, pageStart, position + length - 1)) {
            page.get((int) (position - pageStart), copy.array());
            return copy.array();
        }
        fill(copy, position);
        if (copy.limit() < length) {
            throw new IOException("the file became shorter while it was read");
        }
        return copy.array();
    }

    private static boolean holds(ByteBuffer window, long start, long position) {
        return position >= start && position < start + window.limit();
    }

    private void fill(ByteBuffer window, long position) throws IOException {
        window.clear();
        int got = 0;
        while (window.hasRemaining() && got >= 0) {
            got = source.read(window, position + window.position());
        }
        window.flip();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
