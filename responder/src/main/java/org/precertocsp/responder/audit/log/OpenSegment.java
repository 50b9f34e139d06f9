package org.precertocsp.responder.audit.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/// The file a log is being written to. Not thread-safe.
///
/// Written through no channel: an interrupted thread would close that for all others.
final class OpenSegment implements AutoCloseable {
    private final RandomAccessFile file;
    private long octets;

    private OpenSegment(RandomAccessFile file, long octets) {
        this.file = file;
        this.octets = octets;
    }

    static OpenSegment create(Path file) throws IOException {
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return resume(file, 0);
    }

    /// Goes on after `octets`; what lies behind is cut off.
    static OpenSegment resume(Path path, long octets) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        file.setLength(octets);
        file.seek(octets);
        return new OpenSegment(file, octets);
    }

    void append(byte[] line) throws IOException {
        byte[] whole = Arrays.copyOf(line, line.length + 1);
        whole[line.length] = '\n';
        try {
            file.write(whole);
            octets += whole.length;
        } catch (IOException e) {
            // A full disk leaves half a line, which must not stand before the next.
            file.setLength(octets);
            file.seek(octets);
            throw e;
        }
    }

    void force() throws IOException {
        file.getFD().sync();
    }

    long octets() {
        return octets;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
