package org.precertocsp.responder.http;

/// Which octets may stand where in the head of a request (RFC 9110 §5, RFC 9112 §5).
public final class FieldSyntax {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final String NAME_MARKS = "-._~!$&'()*+,;=";
    private static final int MAX_PORT = 65_535;

    private FieldSyntax() {}

    /// True for a character of a method or a field name (RFC 9110 §5.6.2).
    static boolean isTokenChar(byte octet) {
        return isAlphanumeric(octet) || TOKEN_MARKS.indexOf(octet) >= 0;
    }

    /// True for what may stand in a field value: visible, a blank, a tab, or above ASCII.
    static boolean isValueChar(byte octet) {
        return octet < 0 || (octet >= ' ' && octet != 0x7f) || octet == '\t';
    }

    /// Where the value begins behind blanks and tabs.
    static int trimStart(byte[] text, int from, int end) {
        int at = from;
        while (at < end && isBlank(text[at])) {
            at++;
        }
        return at;
    }

    /// Where the value ends before blanks and tabs.
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

    /// True for the value of a Host field: `uri-host [":" port]`, empty where the target has no
    /// authority (RFC 9112 §3.2, RFC 3986 §3.2.2).
    ///
    /// @param text the value without blanks around it
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

    /// @return behind the closing bracket; negative if it is no IP literal
    private static int afterAddressLiteral(byte[] text, int from, int end) {
        int at = from + 1;
        while (at < end && (isHex(text[at]) || text[at] == ':' || text[at] == '.')) {
            at++;
        }
        return at > from + 2 && at < end && text[at] == ']' ? at + 1 : -1;
    }

    /// @return how many octets the next character of a name takes; 0 if it is none
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
