package org.precertocsp.responder.http;

import java.util.Arrays;

/// Decodes the path of a GET as nearly every client writes it: base64 of either alphabet, with `+`,
/// `/` and `=` bare or percent-encoded once. [GetPath] knows what else there is, and decodes what
/// this does to the same octets. Belongs to one thread.
///
/// The decoder of the JDK wants an array of its own for every call (the benchmark of the cached
/// answer pays for this one).
final class PlainPath {
    private static final short OTHER = -1;
    private static final short PAD = -2;
    private static final short PERCENT = -3;

    // Beside the six bits, how they were written where there is a choice.
    private static final int SIX_BITS = 0x3f;
    private static final int PLUS = 0x40;
    private static final int SLASH = 0x80;
    private static final int PLUS_ENCODED = 0x100;
    private static final int SLASH_ENCODED = 0x200;
    private static final int UNUSUAL = 0x400;

    /// By octet: its six bits and how it is written, or what it is instead.
    private static final short[] VALUES = values();

    /// Of the last sextet, by how many sextets stand in the last group of four.
    private static final int[] UNUSED_BITS = {0, 0x3f, 0xf, 3};

    private final byte[] octets;
    private int length;
    private int end;
    private boolean canonical;

    /// @param maxText longest text it will be given
    PlainPath(int maxText) {
        this.octets = new byte[maxText / 4 * 3 + 3];
    }

    /// Decodes up to the first octet that is no base64. False if what comes before it is none.
    boolean read(byte[] text, int from, int limit) {
        length = 0;
        int bits = 0;
        int count = 0;
        int pads = 0;
        int encodedPads = 0;
        int spelling = 0;
        int at = from;
        while (at < limit) {
            int value = VALUES[text[at] & 0xff];
            int width = 1;
            if (value == PERCENT) {
                value = percentEncoded(text, at, limit);
                width = 3;
            }
            if (value >= 0 && pads == 0) {
                spelling |= value;
                bits = (bits << 6) | (value & SIX_BITS);
                if ((++count & 3) == 0) {
                    put(bits);
                }
            } else if (value == PAD) {
                pads++;
                if (width == 3) {
                    encodedPads++;
                    spelling |= text[at + 2] == 'D' ? 0 : UNUSUAL;
                }
            } else {
                break;
            }
            at += width;
        }
        end = at;
        canonical =
                isUniform(spelling)
                        && (encodedPads == 0 || encodedPads == pads)
                        && pads == (-count & 3)
                        && (bits & UNUSED_BITS[count & 3]) == 0;
        return pads <= 2 && putLast(bits, count & 3);
    }

    private static boolean isUniform(int spelling) {
        return (spelling & UNUSUAL) == 0
                && (spelling & (PLUS | PLUS_ENCODED)) != (PLUS | PLUS_ENCODED)
                && (spelling & (SLASH | SLASH_ENCODED)) != (SLASH | SLASH_ENCODED);
    }

    /// True if the path last read is one of those [CanonicalTarget] takes.
    boolean isCanonical() {
        return canonical;
    }

    byte[] octets() {
        return octets;
    }

    int length() {
        return length;
    }

    /// Where in the text the path ended.
    int end() {
        return end;
    }

    private void put(int bits) {
        octets[length] = (byte) (bits >> 16);
        octets[length + 1] = (byte) (bits >> 8);
        octets[length + 2] = (byte) bits;
        length += 3;
    }

    private boolean putLast(int bits, int left) {
        switch (left) {
            case 1 -> {
                return false;
            }
            case 2 -> octets[length++] = (byte) (bits >> 4);
            case 3 -> {
                octets[length++] = (byte) (bits >> 10);
                octets[length++] = (byte) (bits >> 2);
            }
            default -> {}
        }
        return true;
    }

    private static int percentEncoded(byte[] text, int at, int limit) {
        if (limit - at < 3) {
            return OTHER;
        }
        // Setting the bit that tells the cases apart makes no other octet a letter b, d or f.
        int unusual = text[at + 2] >= 'a' ? UNUSUAL : 0;
        return switch (text[at + 1] << 8 | (text[at + 2] | 0x20)) {
            case '2' << 8 | 'b' -> 62 | PLUS_ENCODED | unusual;
            case '2' << 8 | 'f' -> 63 | SLASH_ENCODED | unusual;
            case '3' << 8 | 'd' -> PAD;
            default -> OTHER;
        };
    }

    private static short[] values() {
        short[] values = new short[256];
        Arrays.fill(values, OTHER);
        for (int i = 0; i < 26; i++) {
            values['A' + i] = (short) i;
            values['a' + i] = (short) (26 + i);
        }
        for (int i = 0; i < 10; i++) {
            values['0' + i] = (short) (52 + i);
        }
        values['+'] = 62 | PLUS;
        values['-'] = 62 | UNUSUAL;
        values['/'] = 63 | SLASH;
        values['_'] = 63 | UNUSUAL;
        values['='] = PAD;
        values['%'] = PERCENT;
        return values;
    }
}
