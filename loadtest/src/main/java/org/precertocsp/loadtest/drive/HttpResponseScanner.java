package org.precertocsp.loadtest.drive;

/// Finds the end of one HTTP/1 answer and its body, reading no more of the head than necessary.
/// Reused for all answers of a driver.
final class HttpResponseScanner {
    /// The answer is not complete yet.
    static final int INCOMPLETE = -1;

    /// The bytes are not an HTTP answer.
    static final int MALFORMED = -2;

    private static final int LONGEST_HEAD = 16 << 10;
    private static final int LONGEST_BODY = 1 << 20;
    private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/', '1', '.'};
    private static final byte[] CONTENT_LENGTH = {
        'c', 'o', 'n', 't', 'e', 'n', 't', '-', 'l', 'e', 'n', 'g', 't', 'h', ':'
    };
    private static final byte[] CONNECTION = {
        'c', 'o', 'n', 'n', 'e', 'c', 't', 'i', 'o', 'n', ':'
    };
    private static final byte[] CHUNKED = {
        't', 'r', 'a', 'n', 's', 'f', 'e', 'r', '-', 'e', 'n', 'c', 'o', 'd', 'i', 'n', 'g', ':',
        ' ', 'c', 'h', 'u', 'n', 'k', 'e', 'd'
    };

    private enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private int status;
    private int bodyAt;
    private int bodyLength;
    private boolean keepAlive;
    private Framing framing = Framing.UNTIL_CLOSE;

    int status() {
        return status;
    }

    int bodyAt() {
        return bodyAt;
    }

    int bodyLength() {
        return bodyLength;
    }

    /// The server accepts another request on this connection.
    boolean keepAlive() {
        return keepAlive;
    }

    /// Chunks of a chunked body are moved together in place.
    ///
    /// @param closed no more bytes will come
    /// @return where the answer ends, or [#INCOMPLETE], or [#MALFORMED]
    int scan(byte[] bytes, int from, int to, boolean closed) {
        int head = scanHead(bytes, from, to);
        if (head < 0) {
            return head == INCOMPLETE && (closed || to - from > LONGEST_HEAD) ? MALFORMED : head;
        }
        bodyAt = head;
        int end =
                switch (framing) {
                    case LENGTH -> bodyAt + bodyLength <= to ? bodyAt + bodyLength : INCOMPLETE;
                    case CHUNKED -> joinChunks(bytes, to);
                    case UNTIL_CLOSE -> untilClose(to, closed);
                };
        return end == INCOMPLETE && (closed || to - head > LONGEST_BODY) ? MALFORMED : end;
    }

    private int untilClose(int to, boolean closed) {
        keepAlive = false;
        bodyLength = to - bodyAt;
        return closed ? to : INCOMPLETE;
    }

    private int scanHead(byte[] bytes, int from, int to) {
        // "HTTP/1.1 200"
        if (to - from < VERSION.length + 5) {
            return INCOMPLETE;
        }
        if (!startsWith(VERSION, bytes, from, to)) {
            return MALFORMED;
        }
        int at = from + VERSION.length;
        keepAlive = bytes[at] == '1';
        status = digit(bytes[at + 2]) * 100 + digit(bytes[at + 3]) * 10 + digit(bytes[at + 4]);
        framing = Framing.UNTIL_CLOSE;
        int line = nextLine(bytes, at, to);
        while (line >= 0) {
            int next = nextLine(bytes, line, to);
            if (next == line + 2 && bytes[line] == '\r') {
                return next;
            }
            // A number cut off at the end of the received bytes would be misread.
            if (next >= 0 && !readField(bytes, line, next)) {
                return MALFORMED;
            }
            line = next;
        }
        return INCOMPLETE;
    }

    private static int digit(byte b) {
        return b >= '0' && b <= '9' ? b - '0' : -1000;
    }

    private static int nextLine(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return INCOMPLETE;
    }

    private boolean readField(byte[] bytes, int line, int to) {
        switch (line < to ? bytes[line] | 0x20 : 0) {
            case 'c' -> {
                if (startsWith(CONTENT_LENGTH, bytes, line, to)) {
                    framing = Framing.LENGTH;
                    bodyLength = number(bytes, line + CONTENT_LENGTH.length, to, 10);
                    return bodyLength >= 0;
                }
                if (startsWith(CONNECTION, bytes, line, to)) {
                    readConnection(bytes, line + CONNECTION.length, to);
                }
            }
            case 't' -> {
                if (startsWith(CHUNKED, bytes, line, to)) {
                    framing = Framing.CHUNKED;
                }
            }
            default -> {}
        }
        return true;
    }

    private void readConnection(byte[] bytes, int at, int to) {
        int value = skipBlanks(bytes, at, to);
        if (value < to) {
            // Of the values in use only "close" begins with a c and only "keep-alive" with a k.
            int first = bytes[value] | 0x20;
            keepAlive = first == 'k' || (first != 'c' && keepAlive);
        }
    }

    private static int skipBlanks(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] == ' ') {
            at++;
        }
        return at;
    }

    /// @return -1 without a digit or above the largest accepted body
    private static int number(byte[] bytes, int from, int to, int radix) {
        int value = 0;
        int begin = skipBlanks(bytes, from, to);
        int at = begin;
        for (; at < to; at++) {
            int digit = Character.digit(bytes[at], radix);
            if (digit < 0) {
                break;
            }
            value = value * radix + digit;
            if (value > LONGEST_BODY) {
                return -1;
            }
        }
        return at > begin ? value : -1;
    }

    private int joinChunks(byte[] bytes, int to) {
        // Nothing is moved before the last chunk is complete, so that a second scan finds
        // everything unchanged.
        int end = eachChunk(bytes, to, false);
        if (end >= 0) {
            eachChunk(bytes, to, true);
        }
        return end;
    }

    private int eachChunk(byte[] bytes, int to, boolean move) {
        int at = bodyAt;
        int joined = bodyAt;
        while (true) {
            int data = nextLine(bytes, at, to);
            if (data < 0) {
                return INCOMPLETE;
            }
            int size = number(bytes, at, to, 16);
            if (size < 0) {
                return MALFORMED;
            }
            if (data + size + 2 > to) {
                return INCOMPLETE;
            }
            if (size == 0) {
                bodyLength = joined - bodyAt;
                return data + 2;
            }
            if (move) {
                System.arraycopy(bytes, data, bytes, joined, size);
            }
            joined += size;
            at = data + size + 2;
        }
    }

    /// Compares without regard to case; letters of the prefix are lower case.
    private static boolean startsWith(byte[] prefix, byte[] bytes, int from, int to) {
        if (to - from < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            int b = bytes[from + i];
            if (b != prefix[i] && (b | 0x20) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
