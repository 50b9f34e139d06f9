package org.precertocsp.responder.intake;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.precertocsp.der.ByteString;

/// The bytes of a feed's file. Reports the position to its [ProgressListener] after every read, and
/// the hash of the whole file to its [FeedFile.ReadCheck] at the end, or when it is closed, so that
/// a file that was changed since it was hashed is rejected.
///
/// Unbuffered: wrap it, or read in large pieces.
public final class FeedInputStream extends FilterInputStream {
    private static final int DRAIN_BYTES = 1 << 16;

    private final ProgressListener progress;
    private final FeedFile.ReadCheck check;
    private final MessageDigest digest = sha256();
    private long position;
    private boolean checked;

    private FeedInputStream(InputStream in, ProgressListener progress, FeedFile.ReadCheck check) {
        super(in);
        this.progress = progress;
        this.check = check;
    }

    /// Opens the file at its start; each pass over a file opens it anew.
    public static FeedInputStream open(FeedFile file) throws IOException {
        file.progress().at(0);
        return open(file.path(), file.progress(), file.check());
    }

    /// As above, for a file that is not a feed's.
    public static FeedInputStream open(
            Path file, ProgressListener progress, FeedFile.ReadCheck check) throws IOException {
        return new FeedInputStream(Files.newInputStream(file), progress, check);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        if (count > 0) {
            digest.update(target, offset, count);
            position += count;
            progress.at(position);
        } else if (count < 0) {
            check();
        }
        return count;
    }

    /// Reads instead of skipping, since skipped bytes are part of the hash.
    @Override
    public long skip(long count) throws IOException {
        long skipped = 0;
        byte[] buffer = new byte[(int) Math.min(Math.max(count, 1), DRAIN_BYTES)];
        while (skipped < count) {
            int got = read(buffer, 0, (int) Math.min(buffer.length, count - skipped));
            if (got < 0) {
                break;
            }
            skipped += got;
        }
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void check() throws IOException {
        if (!checked) {
            checked = true;
            check.read(ByteString.of(digest.digest()));
        }
    }

    /// Reads the remaining bytes, if the reader stopped before the end.
    @Override
    public void close() throws IOException {
        try (InputStream closing = in) {
            byte[] buffer = new byte[DRAIN_BYTES];
            for (int got = checked ? -1 : closing.read(buffer);
                    got >= 0;
                    got = closing.read(buffer)) {
                digest.update(buffer, 0, got);
            }
            check();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
