package org.precertocsp.responder.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Scans the fields of a request that asks for nothing out of the ordinary: well formed by the
/// strictest reading, and none among them that changes the reply. Belongs to one thread.
///
/// Clients repeat themselves: the fields are first compared whole with those last scanned, which
/// the JVM does many octets at a time (the benchmark of the cached answer pays for this).
final class PlainHead {
    static final int NO_BODY = -1;

    private static final int MAX_KEPT = 1024;
    private static final int NOT_PLAIN = -1;
    private static final byte[] CONNECTION = lower("connection");
    private static final byte[] CONTENT_LENGTH = lower("content-length");
    private static final byte[] HOST = lower("host");
    private static final byte[] EXPECT = lower("expect");
    private static final byte[] IF_NONE_MATCH = lower("if-none-match");
    private static final byte[] TRANSFER_ENCODING = lower("transfer-encoding");
    private static final byte[] KEEP_ALIVE = lower("keep-alive");

    /// By octet: its lower case where it may stand in a name, else 0.
    private static final byte[] NAME = new byte[256];

    static {
        for (char c : "abcdefghijklmnopqrstuvwxyz0123456789-_".toCharArray()) {
            NAME[c] = (byte) c;
            NAME[Character.toUpperCase(c)] = (byte) c;
        }
    }

    private final byte[] kept = new byte[MAX_KEPT];
    private int keptLength;
    private final int maxFields;
    private int keptBodyLength;
    private int bodyLength;
    private int hosts;

    /// @param maxFields more are not plain
    PlainHead(int maxFields) {
        this.maxFields = maxFields;
    }

    /// @return where the body begins; negative if the fields are incomplete or not plain
    int scan(byte[] text, int from, int limit) {
        if (keptLength > 0
                && limit - from >= keptLength
                && Arrays.equals(text, from, from + keptLength, kept, 0, keptLength)) {
            bodyLength = keptBodyLength;
            return from + keptLength;
        }
        bodyLength = NO_BODY;
        hosts = 0;
        int fields = 0;
        int at = from;
        while (at >= 0 && at < limit && text[at] != '\r') {
            at = ++fields > maxFields ? NOT_PLAIN : field(text, at, limit);
        }
        if (at < 0 || hosts != 1 || limit - at < 2 || text[at + 1] != '\n') {
            return NOT_PLAIN;
        }
        keep(text, from, at + 2);
        return at + 2;
    }

    /// What Content-Length said.
    int bodyLength() {
        return bodyLength;
    }

    private void keep(byte[] text, int from, int end) {
        if (end - from <= MAX_KEPT) {
            keptLength = end - from;
            System.arraycopy(text, from, kept, 0, keptLength);
            keptBodyLength = bodyLength;
        }
    }

    /// @return where the next line begins
    private int field(byte[] text, int from, int limit) {
        int at = from;
        while (at < limit && NAME[text[at] & 0xff] != 0) {
            at++;
        }
        if (at == from || at == limit || text[at] != ':') {
            return NOT_PLAIN;
        }
        int valueFrom = at + 1;
        at = valueFrom;
        while (at < limit && isVisible(text[at])) {
            at++;
        }
        if (limit - at < 2 || text[at] != '\r' || text[at + 1] != '\n') {
            return NOT_PLAIN;
        }
        return isHarmless(text, from, valueFrom, at) ? at + 2 : NOT_PLAIN;
    }

    private static boolean isVisible(byte octet) {
        return octet >= ' ' && octet != 0x7f;
    }

    private boolean isHarmless(byte[] text, int nameFrom, int valueFrom, int valueEnd) {
        int nameEnd = valueFrom - 1;
        return switch (nameEnd - nameFrom) {
            case 4 -> !is(HOST, text, nameFrom, nameEnd) || isHost(text, valueFrom, valueEnd);
            case 6 -> !is(EXPECT, text, nameFrom, nameEnd);
            case 10 ->
                    !is(CONNECTION, text, nameFrom, nameEnd)
                            || is(KEEP_ALIVE, text, start(text, valueFrom, valueEnd), valueEnd);
            case 13 -> !is(IF_NONE_MATCH, text, nameFrom, nameEnd);
            case 14 ->
                    !is(CONTENT_LENGTH, text, nameFrom, nameEnd)
                            || readLength(text, start(text, valueFrom, valueEnd), valueEnd);
            case 17 -> !is(TRANSFER_ENCODING, text, nameFrom, nameEnd);
            default -> true;
        };
    }

    private boolean isHost(byte[] text, int from, int end) {
        hosts++;
        return FieldSyntax.isHost(text, start(text, from, end), end);
    }

    private static int start(byte[] text, int from, int end) {
        return from < end && text[from] == ' ' ? from + 1 : from;
    }

    private boolean readLength(byte[] text, int from, int end) {
        int digits = end - from;
        if (bodyLength != NO_BODY || digits < 1 || digits > 6 || text[from] == '0') {
            return false;
        }
        int length = 0;
        for (int i = from; i < end; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            length = length * 10 + digit;
        }
        bodyLength = length;
        return true;
    }

    private static boolean is(byte[] lower, byte[] text, int from, int end) {
        if (end - from != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            if (NAME[text[from + i] & 0xff] != lower[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] lower(String name) {
        return name.getBytes(StandardCharsets.ISO_8859_1);
    }
}
