package org.precertocsp.responder.io;

/// Numbers from 0 that are usually small, in groups of seven bits, least significant first; the
/// high bit of a byte means that more follow. A number has one encoding: a padded one is invalid.
public final class VarInt {
    /// The longest number.
    public static final int MAX_BYTES = 5;

    private static final int GROUP_BITS = 7;
    private static final int MORE = 1 << GROUP_BITS;

    private VarInt() {}

    /// @param at where the number begins
    /// @return -1 if it ends early, is padded, or does not fit into an `int`
    public static int read(byte[] bytes, int at) {
        long value = 0;
        for (int i = 0; i < MAX_BYTES && at + i < bytes.length; i++) {
            int group = bytes[at + i];
            value |= (long) (group & (MORE - 1)) << (GROUP_BITS * i);
            if (group >= 0) {
                boolean padded = group == 0 && i > 0;
                return padded || value > Integer.MAX_VALUE ? -1 : (int) value;
            }
        }
        return -1;
    }

    /// Number of bytes that the number takes.
    public static int size(int number) {
        return Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(number) + 6) / GROUP_BITS);
    }

    /// @param into must have room for [#size]
    /// @return the position behind it
    public static int write(int number, byte[] into, int at) {
        int next = at;
        int rest = number;
        while (rest >= MORE) {
            into[next++] = (byte) (rest | MORE);
            rest >>>= GROUP_BITS;
        }
        into[next++] = (byte) rest;
        return next;
    }
}
