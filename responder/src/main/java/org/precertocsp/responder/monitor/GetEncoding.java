package org.precertocsp.responder.monitor;

import java.util.Base64;
import java.util.Locale;
import org.precertocsp.der.ByteString;

/// The ways in which clients write a request into the path of a GET (HT-03, HT-04, RFC 6960 A.1).
public enum GetEncoding {
    /// As RFC 6960 requires: base64, then everything outside RFC 3986's unreserved set escaped.
    CANONICAL("all escaped", '+', '/', '='),
    LOWER_CASE_ESCAPES("escaped with lower-case digits", '+', '/', '=') {
        @Override
        String escape(char character) {
            return super.escape(character).toLowerCase(Locale.ROOT);
        }
    },
    RAW_PLUS("'+' as it is", '/', '='),
    RAW_PADDING("'=' as it is", '+', '/'),
    RAW_SLASH("'/' as it is", '+', '=') {
        // Two in a row are tested separately.
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

    /// The part after the responder's address and its slash.
    public String of(ByteString request) {
        return write(Base64.getEncoder().encodeToString(request.toArray()));
    }

    String write(String base64) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < base64.length(); i++) {
            char character = base64.charAt(i);
            path.append(
                    escaped.indexOf(character) >= 0
                            ? escape(character)
                            : String.valueOf(character));
        }
        return path.toString();
    }

    String escape(char character) {
        return "%%%02X".formatted((int) character);
    }

    /// Whether this request is written differently from the canonical form.
    public boolean matters(ByteString request) {
        return this == CANONICAL || !of(request).equals(CANONICAL.of(request));
    }

    @Override
    public String toString() {
        return text;
    }
}
