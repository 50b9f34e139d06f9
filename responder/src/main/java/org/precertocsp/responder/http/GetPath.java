package org.precertocsp.responder.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;

/// Decodes the path of a GET, percent-encoded base64, as clients and proxies really write it
/// (HT-03, HT-04, RFC 6960 A.1).
///
/// Every tolerance below is safe because the base64 alphabet leaves one meaning only: `%` is not in
/// it, so a second `%2F` inside the first was encoded twice; a blank can only be a `+` some proxy
/// took for a form's; `-` and `_` can only be the URL-safe alphabet; line ends can only come from
/// an encoder that wraps. An OCSPRequest begins with 0x30 and so with `M`: slashes before it are
/// the end of the AIA URL.
final class GetPath {
    private static final int MAX_PERCENT_PASSES = 2;

    private GetPath() {}

    /// The octets of the request; empty if the path is no base64.
    static Optional<Octets> decode(String path) {
        byte[] text = path.getBytes(StandardCharsets.ISO_8859_1);
        for (int pass = 0; pass < MAX_PERCENT_PASSES && contains(text, '%'); pass++) {
            Optional<byte[]> plain = percentDecoded(text);
            if (plain.isEmpty()) {
                return Optional.empty();
            }
            text = plain.get();
        }
        try {
            return Optional.of(Octets.of(Base64.getDecoder().decode(standardAlphabet(text))));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static boolean contains(byte[] text, char wanted) {
        for (byte octet : text) {
            if (octet == wanted) {
                return true;
            }
        }
        return false;
    }

    private static Optional<byte[]> percentDecoded(byte[] text) {
        byte[] plain = new byte[text.length];
        int length = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] != '%') {
                plain[length++] = text[i];
                continue;
            }
            if (i + 2 >= text.length) {
                return Optional.empty();
            }
            int high = Character.digit(text[i + 1], 16);
            int low = Character.digit(text[i + 2], 16);
            if (high < 0 || low < 0) {
                return Optional.empty();
            }
            plain[length++] = (byte) ((high << 4) | low);
            i += 2;
        }
        return Optional.of(Arrays.copyOf(plain, length));
    }

    /// The same text in the alphabet of RFC 4648 §4, without padding, leading slashes and line
    /// ends. Padding in any other place stays, and fails.
    private static byte[] standardAlphabet(byte[] text) {
        byte[] standard = new byte[text.length];
        int length = 0;
        for (byte octet : text) {
            switch (octet) {
                case '\r', '\n' -> {}
                case ' ', '-' -> standard[length++] = '+';
                case '_' -> standard[length++] = '/';
                case '/' -> {
                    if (length > 0) {
                        standard[length++] = '/';
                    }
                }
                default -> standard[length++] = octet;
            }
        }
        for (int pads = 0; pads < 2 && length > 0 && standard[length - 1] == '='; pads++) {
            length--;
        }
        return Arrays.copyOf(standard, length);
    }
}
