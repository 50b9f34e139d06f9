package org.precertocsp.responder.rocksdb;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An ECDSA signature without its DER: both numbers in the same width, which saves six to eight of
/// a P-256 signature's 70 to 72 bytes.
final class EcdsaBytes {
    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 0x02;

    /// Longer ones would need the long form of DER lengths.
    private static final int MAX_WIDTH = 61;

    private EcdsaBytes() {}

    /// Null where the bytes are not the DER of two positive numbers: then they must be kept as they
    /// are.
    static byte @Nullable [] compact(byte[] der) {
        if (der.length < 8 || der[0] != SEQUENCE || der[1] != der.length - 2) {
            return null;
        }
        int second = 4 + der[3];
        if (der[2] != INTEGER
                || der[3] <= 0
                || second + 2 >= der.length
                || der[second] != INTEGER) {
            return null;
        }
        byte[] compact = join(der, 4, second, second + 2, der.length);
        return compact != null && Arrays.equals(der(compact), der) ? compact : null;
    }

    private static byte @Nullable [] join(byte[] der, int r, int rEnd, int s, int sEnd) {
        int rStart = significant(der, r, rEnd);
        int sStart = significant(der, s, sEnd);
        int width = Math.max(rEnd - rStart, sEnd - sStart);
        if (width > MAX_WIDTH) {
            return null;
        }
        byte[] both = new byte[2 * width];
        System.arraycopy(der, rStart, both, width - (rEnd - rStart), rEnd - rStart);
        System.arraycopy(der, sStart, both, 2 * width - (sEnd - sStart), sEnd - sStart);
        return both;
    }

    private static int significant(byte[] der, int from, int end) {
        return der[from] == 0 && from + 1 < end ? from + 1 : from;
    }

    /// The DER again.
    static byte[] der(byte[] compact) {
        int width = compact.length / 2;
        byte[] r = number(compact, 0, width);
        byte[] s = number(compact, width, compact.length);
        return new RowWriter()
                .octet(SEQUENCE)
                .octet(4 + r.length + s.length)
                .octet(INTEGER)
                .octet(r.length)
                .raw(r)
                .octet(INTEGER)
                .octet(s.length)
                .raw(s)
                .toArray();
    }

    /// Minimal and positive, as DER wants it.
    private static byte[] number(byte[] compact, int from, int end) {
        int start = from;
        while (start + 1 < end && compact[start] == 0) {
            start++;
        }
        int sign = compact[start] < 0 ? 1 : 0;
        byte[] number = new byte[sign + end - start];
        System.arraycopy(compact, start, number, sign, end - start);
        return number;
    }
}
