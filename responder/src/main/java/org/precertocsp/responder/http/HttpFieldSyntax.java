package org.precertocsp.responder.http;

/// The bytes permitted in each part of a request head (RFC 9110 §5, RFC 9112 §5).
public final class HttpFieldSyntax {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final String NAME_MARKS = "-._~!$&'()*+,;=";
    private static final int MAX_PORT = 65_535;

    /// Bytes of the longest text of an IPv6 address.
    private static final int MAX_IPV6 = 45;

    private static final byte TOKEN = 1;
    private static final byte VALUE = 2;

    /// By byte: the parts in which it may occur.
    private static final byte[] KINDS = kinds();

    private HttpFieldSyntax() {}

    private static byte[] kinds() {
        byte[] kinds = new byte[256];
        for (int each = 0; each < kinds.length; each++) {
            boolean token = isAlphanumeric((byte) each) || TOKEN_MARKS.indexOf(each) >= 0;
            boolean value = each == '\t' || (each >= ' ' && each != 0x7f);
            kinds[each] = (byte) ((token ? TOKEN : 0) | (value ? VALUE : 0));
        }
        return kinds;
    }

    /// True for a character of a method or a field name (RFC 9110 §5.6.2).
    static boolean isTokenChar(byte octet) {
        return (KINDS[octet & 0xff] & TOKEN) != 0;
    }

    /// True for a byte permitted in a field value: visible, a blank, a tab, or above ASCII.
    static boolean isValueChar(byte octet) {
        return (KINDS[octet & 0xff] & VALUE) != 0;
    }

    /// The offset of the value after blanks and tabs.
    static int trimStart(byte[] text, int from, int end) {
        int at = from;
        while (at < end && isBlank(text[at])) {
            at++;
        }
        return at;
    }

    /// The end of the value before blanks and tabs.
    static int trimEnd(byte[] text, int from, int end) {
        int at = end;
        while (at > from && isBlank(text[at - 1])) {
            at--;
        }
        return at;
    }

    static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    /// True for the value of a Host field: `uri-host [":" port]`, empty if the target has no
    /// authority (RFC 9112 §3.2, RFC 3986 §3.2.2).
    ///
    /// @param text the value without surrounding blanks
    public static boolean isHost(byte[] text, int from, int end) {
        int at = from;
        if (at < end && text[at] == '[') {
            at = afterAddressLiteral(text, from, end);
            if (at < 0) {
                return false;
            }
        } else {
            while (at < end && text[at] != ':') {
                int width = nameChar(text, at, end);
                if (width == 0) {
                    return false;
                }
                at += width;
            }
        }
        return at == end || (text[at] == ':' && isPort(text, at + 1, end));
    }

    /// @return the offset after the closing bracket; negative if it is not an IPv6 address
    private static int afterAddressLiteral(byte[] text, int from, int end) {
        int close = from + 1;
        while (close < end && close - from <= MAX_IPV6 && text[close] != ']') {
            close++;
        }
        return close < end && text[close] == ']' && isIpv6(text, from + 1, close) ? close + 1 : -1;
    }

    /// RFC 3986 §3.2.2: eight groups of up to four hexadecimal digits, the last two also as an IPv4
    /// address, one run of them omitted.
    private static boolean isIpv6(byte[] text, int from, int end) {
        int groups = 0;
        boolean shortened = false;
        int at = from;
        while (at < end) {
            if (end - at > 1 && text[at] == ':' && text[at + 1] == ':') {
                if (shortened) {
                    return false;
                }
                shortened = true;
                at += 2;
                continue;
            }
            if (at > from && text[at - 1] != ':') {
                // After a group.
                if (text[at] != ':' || ++at == end) {
                    return false;
                }
            }
            int start = at;
            while (at < end && at - start < 4 && isHex(text[at])) {
                at++;
            }
            if (at < end && text[at] == '.') {
                groups += 2;
                at = isIpv4(text, start, end) ? end : -1;
                break;
            }
            if (at == start) {
                return false;
            }
            groups++;
        }
        return at == end && (shortened ? groups < 8 : groups == 8);
    }

    private static boolean isIpv4(byte[] text, int from, int end) {
        int parts = 0;
        int at = from;
        while (at < end) {
            int start = at;
            int value = 0;
            while (at < end && at - start < 3 && text[at] >= '0' && text[at] <= '9') {
                value = value * 10 + text[at] - '0';
                at++;
            }
            boolean leadingZero = at - start > 1 && text[start] == '0';
            if (at == start || leadingZero || value > 255 || ++parts > 4) {
                return false;
            }
            if (at < end && (text[at] != '.' || ++at == end)) {
                return false;
            }
        }
        return parts == 4;
    }

    /// @return the number of bytes of the next character of a name; 0 if it is not one
    private static int nameChar(byte[] text, int at, int end) {
        if (isAlphanumeric(text[at]) || NAME_MARKS.indexOf(text[at]) >= 0) {
            return 1;
        }
        boolean encoded =
                text[at] == '%' && end - at > 2 && isHex(text[at + 1]) && isHex(text[at + 2]);
        return encoded ? 3 : 0;
    }

    private static boolean isPort(byte[] text, int from, int end) {
        int port = 0;
        for (int at = from; at < end; at++) {
            if (text[at] < '0' || text[at] > '9') {
                return false;
            }
            port = Math.min(MAX_PORT + 1, port * 10 + text[at] - '0');
        }
        return port <= MAX_PORT;
    }

    private static boolean isAlphanumeric(byte octet) {
        int lower = octet | 0x20;
        return (octet >= '0' && octet <= '9') || (lower >= 'a' && lower <= 'z' && octet > 0);
    }

    private static boolean isHex(byte octet) {
        return Character.digit(octet, 16) >= 0;
    }
}
