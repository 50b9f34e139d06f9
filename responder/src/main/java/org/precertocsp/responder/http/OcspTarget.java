package org.precertocsp.responder.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the raw target of a request: the part after the configured path is percent-encoded base64
/// of the OCSPRequest (HT-03, HT-04, RFC 6960 A.1). Holds the target last read; belongs to one
/// event loop.
///
/// # Two readers, one meaning
///
/// [#readUsual] reads the form that nearly every client writes, in one pass and without allocation:
/// it need not know the end of the target, since it stops at the first byte that is not base64.
/// [#read] reads every spelling: it tries the first, and handles the rest without regard to speed.
/// A property test compares them.
///
/// # What is tolerated
///
/// Every tolerance is safe because the base64 alphabet leaves one meaning only: `%` is not in it,
/// so a second `%2F` inside the first was encoded twice; a blank can only be a `+` that a proxy
/// decoded as in a form; `-` and `_` can only be the URL-safe alphabet; line ends can only come
/// from an encoder that wraps. An OCSPRequest begins with 0x30 and so with `M`: slashes before it
/// are the end of the AIA URL. A query is ignored: operators add one to bypass a cache.
///
/// # Cacheable spellings
///
/// With a tolerant reader, every answer has an unlimited number of targets, and each would be
/// another entry of a CDN's cache. So only the targets of well-behaved clients are *canonical* (RFC
/// 6960 A.1, RFC 9919 §6), and the answer to any other is not cacheable: the path and one slash,
/// then the padded base64 of RFC 4648 §4, with each of `+`, `/` and `=` either plain or
/// percent-encoded in upper case, consistently for all occurrences. That is at most eight for one
/// OCSPRequest.
public final class OcspTarget {
    /// The kind of a target.
    enum Meaning {
        /// Outside the configured path.
        ELSEWHERE,
        NO_BASE64,
        /// See [#der].
        DECODED
    }

    private static final int MAX_PERCENT_PASSES = 2;

    // By byte: its six bits and its encoding, or its role instead.
    private static final short OTHER = -1;
    private static final short PAD = -2;
    private static final short PERCENT = -3;
    private static final int SIX_BITS = 0x3f;
    private static final int PLUS = 0x40;
    private static final int SLASH = 0x80;
    private static final int PLUS_ENCODED = 0x100;
    private static final int SLASH_ENCODED = 0x200;
    private static final int UNUSUAL = 0x400;
    private static final short[] VALUES = values();

    /// Bits of the last sextet, by the number of sextets in the last group of four.
    private static final int[] UNUSED_BITS = {0, 0x3f, 0xf, 3};

    private final byte[] prefix;

    /// Of `/`, or `/ocsp/`.
    private final int canonicalStart;

    private final int maxUsual;
    private final byte[] buffer;
    private byte[] der;
    private int length;
    private boolean canonical;
    private int pathEnd;

    /// @param path such as `/` or `/ocsp`; slashes around it do not matter
    /// @param maxUsual longer targets are left to [#read]
    OcspTarget(String path, int maxUsual) {
        this.prefix = withoutSlashesAround(path).getBytes(StandardCharsets.ISO_8859_1);
        this.canonicalStart = prefix.length == 0 ? 1 : prefix.length + 2;
        this.maxUsual = maxUsual;
        this.buffer = new byte[maxUsual / 4 * 3 + 3];
        this.der = buffer;
    }

    /// Every canonical spelling of a request: what follows the path and its slash, each once.
    ///
    /// @param der of a request that holds one CertID and nothing else
    public static Set<String> spellings(byte[] der) {
        String base64 = Base64.getEncoder().encodeToString(der);
        Set<String> spellings = new LinkedHashSet<>();
        for (String slash : List.of("/", "%2F")) {
            for (String plus : List.of("+", "%2B")) {
                for (String pad : List.of("=", "%3D")) {
                    spellings.add(base64.replace("/", slash).replace("+", plus).replace("=", pad));
                }
            }
        }
        return spellings;
    }

    /// The decoded bytes of the last target: [#length] of them, from offset 0.
    byte[] der() {
        return der;
    }

    int length() {
        return length;
    }

    /// True if caches may keep the answer to this target, provided that the request contains only a
    /// CertID.
    boolean isCanonical() {
        return canonical;
    }

    /// Reads a target in the usual spelling, up to the first byte that cannot belong to it.
    ///
    /// @return its end; negative if it is not a usual target
    int readUsual(byte[] text, int from, int limit) {
        int most = Math.min(limit, from + maxUsual);
        int at = afterPath(text, from, most);
        if (at < 0 || at == most || text[at] != 'M' || (prefix.length > 0 && text[at - 1] != '/')) {
            return -1;
        }
        boolean startsRight = at - from == canonicalStart;
        int end = decode(text, at, most);
        canonical &= startsRight;
        return end;
    }

    /// @return the offset after the path and the slashes around it, if the target begins with them;
    ///   else negative
    int afterPath(byte[] text, int from, int limit) {
        int at = afterSlashes(text, from, limit);
        int end = at + prefix.length;
        return at > from && end <= limit && Arrays.equals(text, at, end, prefix, 0, prefix.length)
                ? afterSlashes(text, end, limit)
                : -1;
    }

    /// True if a whole target is inside the path, whatever follows it.
    boolean isWithin(byte[] text, int from, int end) {
        return within(text, from, end) >= 0;
    }

    /// Reads a whole target in any spelling.
    Meaning read(byte[] text, int from, int end) {
        return readUsual(text, from, end) == end
                ? Meaning.DECODED
                : readTolerantly(text, from, end);
    }

    Meaning readTolerantly(byte[] text, int from, int end) {
        canonical = false;
        int at = within(text, from, end);
        if (at < 0) {
            return Meaning.ELSEWHERE;
        }
        byte[] decoded = tolerantlyDecoded(Arrays.copyOfRange(text, at, pathEnd));
        der = decoded == null ? buffer : decoded;
        length = decoded == null ? 0 : decoded.length;
        return decoded == null ? Meaning.NO_BASE64 : Meaning.DECODED;
    }

    /// The end of the path of the target last read.
    int pathEnd() {
        return pathEnd;
    }

    /// Nothing is decoded or normalised here: inner slashes belong to base64. Sets the end of the
    /// path, without its query.
    ///
    /// @return the offset after the configured path and any slashes after it; negative if the
    ///   target is outside of it
    int within(byte[] text, int from, int end) {
        int at = originForm(text, from, end);
        pathEnd = at;
        while (pathEnd < end && text[pathEnd] != '?') {
            pathEnd++;
        }
        at = afterSlashes(text, at, pathEnd);
        int rest = at + prefix.length;
        if (rest > pathEnd || !Arrays.equals(text, at, rest, prefix, 0, prefix.length)) {
            return -1;
        }
        boolean separated = prefix.length == 0 || rest == pathEnd || text[rest] == '/';
        return separated ? afterSlashes(text, rest, pathEnd) : -1;
    }

    /// Proxies send `http://host/path` (RFC 9112 §3.2.2).
    ///
    /// @return the offset of the path
    private static int originForm(byte[] text, int from, int end) {
        int scheme = schemeLength(text, from, end);
        if (scheme == 0) {
            return from;
        }
        int at = from + scheme;
        while (at < end && text[at] != '/') {
            at++;
        }
        return at;
    }

    /// @return the length of `http://` or `https://`, in any case; 0 if it is neither
    static int schemeLength(byte[] text, int from, int end) {
        if (end == from || (text[from] | 0x20) != 'h') {
            return 0;
        }
        int length = Math.min(end - from, 8);
        String start =
                new String(text, from, length, StandardCharsets.ISO_8859_1)
                        .toLowerCase(Locale.ROOT);
        return start.startsWith("http://") ? 7 : start.equals("https://") ? 8 : 0;
    }

    private static int afterSlashes(byte[] text, int from, int end) {
        int at = from;
        while (at < end && text[at] == '/') {
            at++;
        }
        return at;
    }

    private static String withoutSlashesAround(String path) {
        int from = 0;
        int end = path.length();
        while (from < end && path.charAt(from) == '/') {
            from++;
        }
        while (end > from && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(from, end);
    }

    /// Decodes base64 of either alphabet, with `+`, `/` and `=` plain or percent-encoded once.
    ///
    /// The JDK's decoder needs a separate array for every call (the benchmark of the cached answer
    /// justifies this one).
    ///
    /// @return the offset of the first byte that is not base64; negative if the bytes before it are
    ///   not valid base64
    private int decode(byte[] text, int from, int limit) {
        der = buffer;
        length = 0;
        int bits = 0;
        int count = 0;
        int pads = 0;
        int encodedPads = 0;
        int spelling = 0;
        int at = from;
        while (at < limit) {
            int value = VALUES[text[at] & 0xff];
            int width = 1;
            if (value == PERCENT) {
                value = percentEncoded(text, at, limit);
                width = 3;
            }
            if (value >= 0 && pads == 0) {
                spelling |= value;
                bits = (bits << 6) | (value & SIX_BITS);
                if ((++count & 3) == 0) {
                    put(bits);
                }
            } else if (value == PAD) {
                pads++;
                if (width == 3) {
                    encodedPads++;
                    spelling |= text[at + 2] == 'D' ? 0 : UNUSUAL;
                }
            } else {
                break;
            }
            at += width;
        }
        canonical =
                isUniform(spelling)
                        && (encodedPads == 0 || encodedPads == pads)
                        && pads == (-count & 3)
                        && (bits & UNUSED_BITS[count & 3]) == 0;
        return pads <= 2 && putLast(bits, count & 3) ? at : -1;
    }

    private static boolean isUniform(int spelling) {
        return (spelling & UNUSUAL) == 0
                && (spelling & (PLUS | PLUS_ENCODED)) != (PLUS | PLUS_ENCODED)
                && (spelling & (SLASH | SLASH_ENCODED)) != (SLASH | SLASH_ENCODED);
    }

    private void put(int bits) {
        buffer[length] = (byte) (bits >> 16);
        buffer[length + 1] = (byte) (bits >> 8);
        buffer[length + 2] = (byte) bits;
        length += 3;
    }

    private boolean putLast(int bits, int left) {
        switch (left) {
            case 1 -> {
                return false;
            }
            case 2 -> buffer[length++] = (byte) (bits >> 4);
            case 3 -> {
                buffer[length++] = (byte) (bits >> 10);
                buffer[length++] = (byte) (bits >> 2);
            }
            default -> {}
        }
        return true;
    }

    private static int percentEncoded(byte[] text, int at, int limit) {
        if (limit - at < 3) {
            return OTHER;
        }
        // Setting the bit that distinguishes the cases makes no other byte a letter b, d or f.
        int unusual = text[at + 2] >= 'a' ? UNUSUAL : 0;
        return switch (text[at + 1] << 8 | (text[at + 2] | 0x20)) {
            case '2' << 8 | 'b' -> 62 | PLUS_ENCODED | unusual;
            case '2' << 8 | 'f' -> 63 | SLASH_ENCODED | unusual;
            case '3' << 8 | 'd' -> PAD;
            default -> OTHER;
        };
    }

    private static short[] values() {
        short[] values = new short[256];
        Arrays.fill(values, OTHER);
        for (int i = 0; i < 26; i++) {
            values['A' + i] = (short) i;
            values['a' + i] = (short) (26 + i);
        }
        for (int i = 0; i < 10; i++) {
            values['0' + i] = (short) (52 + i);
        }
        values['+'] = 62 | PLUS;
        values['-'] = 62 | UNUSUAL;
        values['/'] = 63 | SLASH;
        values['_'] = 63 | UNUSUAL;
        values['='] = PAD;
        values['%'] = PERCENT;
        return values;
    }

    /// Null if the text is not base64.
    private static byte @Nullable [] tolerantlyDecoded(byte[] path) {
        byte[] text = path;
        for (int pass = 0; pass < MAX_PERCENT_PASSES && contains(text, '%'); pass++) {
            byte[] plain = percentDecoded(text);
            if (plain == null) {
                return null;
            }
            text = plain;
        }
        try {
            return Base64.getDecoder().decode(standardAlphabet(text));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static boolean contains(byte[] text, char wanted) {
        for (byte each : text) {
            if (each == wanted) {
                return true;
            }
        }
        return false;
    }

    private static byte @Nullable [] percentDecoded(byte[] text) {
        byte[] plain = new byte[text.length];
        int length = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] != '%') {
                plain[length++] = text[i];
                continue;
            }
            if (i + 2 >= text.length) {
                return null;
            }
            int high = Character.digit(text[i + 1], 16);
            int low = Character.digit(text[i + 2], 16);
            if (high < 0 || low < 0) {
                return null;
            }
            plain[length++] = (byte) ((high << 4) | low);
            i += 2;
        }
        return Arrays.copyOf(plain, length);
    }

    /// The same text in the alphabet of RFC 4648 §4, without padding, leading slashes and line
    /// ends. Padding in any other place stays, and fails.
    private static byte[] standardAlphabet(byte[] text) {
        byte[] standard = new byte[text.length];
        int length = 0;
        for (byte each : text) {
            switch (each) {
                case '\r', '\n' -> {}
                case ' ', '-' -> standard[length++] = '+';
                case '_' -> standard[length++] = '/';
                case '/' -> {
                    if (length > 0) {
                        standard[length++] = '/';
                    }
                }
                default -> standard[length++] = each;
            }
        }
        for (int pads = 0; pads < 2 && length > 0 && standard[length - 1] == '='; pads++) {
            length--;
        }
        return Arrays.copyOf(standard, length);
    }
}
