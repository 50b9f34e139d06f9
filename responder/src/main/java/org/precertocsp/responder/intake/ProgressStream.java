package org.precertocsp.responder.intake;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

/// The octets of a feed's file, telling its [ReadProgress] after every read how far they have come.
///
/// Unbuffered: wrap it, or read in large pieces.
public final class ProgressStream extends FilterInputStream {
    private final ReadProgress progress;
    private long position;

    private ProgressStream(InputStream in, ReadProgress progress) {
        super(in);
        this.progress = progress;
    }

    /// Opens the file at its start; each pass over a file opens it anew.
    public static ProgressStream open(FeedFile file) throws IOException {
        ProgressStream stream =
                new ProgressStream(Files.newInputStream(file.path()), file.progress());
        file.progress().at(0);
        return stream;
    }

    @Override
    public int read() throws IOException {
        int octet = super.read();
        advance(octet < 0 ? 0 : 1);
        return octet;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        advance(Math.max(count, 0));
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = super.skip(count);
        advance(skipped);
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void advance(long count) {
        if (count > 0) {
            position += count;
            progress.at(position);
        }
    }
}
