package org.precertocsp.loadtest.requests;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.precertocsp.ocsp.Serial;

/// Serials that were read: each takes the longest serial's length plus one byte, without an object
/// per serial.
public final class PackedSerialTable implements SerialTable {
    /// 2^16 rows share one array, in which all rows are as long as its longest.
    private static final int PAGE_BITS = 16;

    private static final int PAGE_ROWS = 1 << PAGE_BITS;
    private static final int LENGTH_BITS = 5;
    private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;
    private static final ExpectedStatus[] EXPECTED = ExpectedStatus.values();

    /// Each row takes `stride` bytes: a head of length and expectation, then the serial.
    private static final class Page {
        final byte[] bytes;
        final int stride;

        Page(byte[] bytes, int stride) {
            this.bytes = bytes;
            this.stride = stride;
        }
    }

    private final List<Page> pages;
    private final int size;

    private PackedSerialTable(List<Page> pages, int size) {
        this.pages = pages;
        this.size = size;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int copy(int row, byte[] into, int offset) {
        Page page = pages.get(row >>> PAGE_BITS);
        int at = (row & (PAGE_ROWS - 1)) * page.stride;
        int length = page.bytes[at] & LENGTH_MASK;
        System.arraycopy(page.bytes, at + 1, into, offset, length);
        return length;
    }

    @Override
    public ExpectedStatus expected(int row) {
        Page page = pages.get(row >>> PAGE_BITS);
        int head = page.bytes[(row & (PAGE_ROWS - 1)) * page.stride];
        return EXPECTED[(head & 0xFF) >>> LENGTH_BITS];
    }

    /// Collects rows in the order given. For one thread.
    public static final class Builder {
        private static final int WIDEST = Serial.MAX_BYTES + 2;

        private final List<Page> pages = new ArrayList<>();
        private final byte[] open = new byte[PAGE_ROWS * WIDEST];
        private int rows;
        private int stride;
        private int size;

        Builder() {}

        // Never leaves memory, so the order of the constants may change.
        @SuppressWarnings("EnumOrdinal")
        public Builder add(Serial serial, ExpectedStatus expected) {
            int at = rows * WIDEST;
            int length = serial.content().length();
            open[at] = (byte) (expected.ordinal() << LENGTH_BITS | length);
            serial.content().copyTo(open, at + 1);
            stride = Math.max(stride, 1 + length);
            rows++;
            size++;
            if (rows == PAGE_ROWS) {
                closePage();
            }
            return this;
        }

        public SerialTable build() {
            closePage();
            return new PackedSerialTable(List.copyOf(pages), size);
        }

        private void closePage() {
            byte[] packed = new byte[rows * stride];
            for (int row = 0; row < rows; row++) {
                System.arraycopy(open, row * WIDEST, packed, row * stride, stride);
            }
            pages.add(new Page(packed, stride));
            Arrays.fill(open, (byte) 0);
            rows = 0;
            stride = 0;
        }
    }
}
