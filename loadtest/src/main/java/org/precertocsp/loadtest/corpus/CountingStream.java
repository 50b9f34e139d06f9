package org.precertocsp.loadtest.corpus;

import java.io.OutputStream;

/// Counts what is written and keeps nothing.
final class CountingStream extends OutputStream {
    private long length;

    long length() {
        return length;
    }

    @Override
    public void write(int octet) {
        length++;
    }

    @Override
    public void write(byte[] source, int offset, int count) {
        length += count;
    }
}
