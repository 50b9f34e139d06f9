package org.precertocsp.responder.intake;

/// The encoding of a text file, detected from its first bytes.
public final class TextEncoding {
    private static final int MARK_LENGTH = 3;

    private TextEncoding() {}

    /// @param remedy the remedy, for the message
    /// @throws FeedRejectedException the file is UTF-16, with a byte order mark or without
    public static void forbidUtf16(byte[] start, String remedy) throws FeedRejectedException {
        boolean marked = begins(start, 0xff, 0xfe) || begins(start, 0xfe, 0xff);
        boolean everySecondZero =
                start.length >= 4
                        && (start[0] == 0) == (start[2] == 0)
                        && (start[1] == 0) == (start[3] == 0)
                        && (start[0] == 0) != (start[1] == 0);
        if (marked || everySecondZero) {
            throw new FeedRejectedException("the file is UTF-16: " + remedy);
        }
    }

    private static boolean begins(byte[] start, int first, int second) {
        return start.length >= 2 && start[0] == (byte) first && start[1] == (byte) second;
    }

    /// Length of the UTF-8 byte order mark at the start: 3 or 0.
    public static int markLength(byte[] start) {
        boolean marked =
                start.length >= MARK_LENGTH
                        && start[0] == (byte) 0xef
                        && start[1] == (byte) 0xbb
                        && start[2] == (byte) 0xbf;
        return marked ? MARK_LENGTH : 0;
    }
}
