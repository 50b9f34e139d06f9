package org.precertocsp.responder.monitor.question;

import java.util.Base64;
import java.util.Locale;
import org.precertocsp.ocsp.Octets;

/// The ways clients write a request into a GET's path (HT-03, HT-04, RFC 6960 A.1).
public enum GetEncoding {
    /// As RFC 6960 asks: base64, then everything outside RFC 3986's unreserved set escaped.
    CANONICAL("all escaped", '+', '/', '='),
    LOWER_CASE_ESCAPES("escaped with lower-case digits", '+', '/', '=') {
        @Override
        String escape(char octet) {
            return super.escape(octet).toLowerCase(Locale.ROOT);
        }
    },
    RAW_PLUS("'+' as it is", '/', '='),
    RAW_PADDING("'=' as it is", '+', '/'),
    RAW_SLASH("'/' as it is", '+', '=') {
        // Two in a row are another question.
        @Override
        String write(String base64) {
            return super.write(base64.replace("//", "/\0")).replace("\0", "%2F");
        }
    },
    RAW_SLASHES("'//' as it is", '+', '='),
    LEADING_SLASHES("'//' before it", '+', '/', '=') {
        @Override
        String write(String base64) {
            return "/" + super.write(base64);
        }
    };

    private final String text;
    private final String escaped;

    GetEncoding(String text, Character... escaped) {
        this.text = text;
        StringBuilder all = new StringBuilder();
        for (Character each : escaped) {
            all.append(each);
        }
        this.escaped = all.toString();
    }

    /// What follows the address and its slash.
    public String of(Octets request) {
        return write(Base64.getEncoder().encodeToString(request.toArray()));
    }

    String write(String base64) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < base64.length(); i++) {
            char octet = base64.charAt(i);
            path.append(escaped.indexOf(octet) >= 0 ? escape(octet) : String.valueOf(octet));
        }
        return path.toString();
    }

    String escape(char octet) {
        return "%%%02X".formatted((int) octet);
    }

    /// Whether this request is written otherwise than canonically.
    public boolean matters(Octets request) {
        return this == CANONICAL || !of(request).equals(CANONICAL.of(request));
    }

    @Override
    public String toString() {
        return text;
    }
}
