package org.precertocsp.responder.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.DerReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;

/// An ECDSA signature without its DER: both numbers in the same width, which saves six to eight of
/// the 70 to 72 bytes of a P-256 signature.
final class EcdsaSignatureCodec {
    /// Longer ones, which would need the long form of DER lengths, were never stored in this form.
    private static final int MAX_WIDTH = 61;

    private EcdsaSignatureCodec() {}

    /// Null if the bytes are not the DER of two positive numbers: then they must be stored
    /// unchanged.
    static byte @Nullable [] compact(byte[] der) {
        try {
            DerReader whole = DerReader.strict(der);
            DerReader numbers = whole.inside(DerTag.SEQUENCE, "a signature");
            numbers.next(DerTag.INTEGER, "r");
            byte[] r = numbers.contentBytes();
            numbers.next(DerTag.INTEGER, "s");
            byte[] compact = join(r, numbers.contentBytes());
            boolean fits = compact.length > 0 && compact.length <= 2 * MAX_WIDTH;
            return fits && Arrays.equals(der(compact), der) ? compact : null;
        } catch (MalformedDerException _) {
            return null;
        }
    }

    private static byte[] join(byte[] r, byte[] s) {
        int rStart = significant(r);
        int sStart = significant(s);
        int width = Math.max(r.length - rStart, s.length - sStart);
        byte[] both = new byte[2 * width];
        System.arraycopy(r, rStart, both, width - (r.length - rStart), r.length - rStart);
        System.arraycopy(s, sStart, both, 2 * width - (s.length - sStart), s.length - sStart);
        return both;
    }

    private static int significant(byte[] number) {
        return number.length > 1 && number[0] == 0 ? 1 : 0;
    }

    /// The DER, restored.
    static byte[] der(byte[] compact) {
        int width = compact.length / 2;
        return DerWriter.encode(
                DerTag.SEQUENCE,
                DerWriter.encode(DerTag.INTEGER, number(compact, 0, width)),
                DerWriter.encode(DerTag.INTEGER, number(compact, width, compact.length)));
    }

    /// Minimal and positive, as DER requires.
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
