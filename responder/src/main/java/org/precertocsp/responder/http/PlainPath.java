package org.precertocsp.responder.http;

import java.util.Arrays;

/// Decodes the path of a GET as nearly every client writes it: base64 of either alphabet, with `+`,
/// `/` and `=` bare or percent-encoded once. [GetPath] knows what else there is, and decodes what
/// this does to the same octets. Belongs to one thread.
///
/// The decoder of the JDK wants an array of its own for every call (the benchmark of the cached
/// answer pays for this one).
final class PlainPath {
    private static final byte OTHER = -1;
    private static final byte PAD = -2;
    private static final byte PERCENT = -3;

    /// By octet: its six bits, or what it is instead.
    private static final byte[] VALUES = values();

    private final byte[] octets;
    private int length;
    private int end;

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
        int at = from;
        while (at < limit) {
            int value = VALUES[text[at] & 0xff];
            int width = 1;
            if (value == PERCENT) {
                value = percentEncoded(text, at, limit);
                width = 3;
            }
            if (value >= 0 && pads == 0) {
                bits = (bits << 6) | value;
                if ((++count & 3) == 0) {
                    put(bits);
                }
            } else if (value == PAD) {
                pads++;
            } else {
                break;
            }
            at += width;
        }
        end = at;
        return pads <= 2 && putLast(bits, count & 3);
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
        return switch (text[at + 1] << 8 | (text[at + 2] | 0x20)) {
            case '2' << 8 | 'b' -> 62;
            case '2' << 8 | 'f' -> 63;
            case '3' << 8 | 'd' -> PAD;
            default -> OTHER;
        };
    }

    private static byte[] values() {
        byte[] values = new byte[256];
        Arrays.fill(values, OTHER);
        for (int i = 0; i < 26; i++) {
            values['A' + i] = (byte) i;
            values['a' + i] = (byte) (26 + i);
        }
        for (int i = 0; i < 10; i++) {
            values['0' + i] = (byte) (52 + i);
        }
        values['+'] = 62;
        values['-'] = 62;
        values['/'] = 63;
        values['_'] = 63;
        values['='] = PAD;
        values['%'] = PERCENT;
        return values;
    }
}
