package org.precertocsp.responder.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.precertocsp.ocsp.Octets;

/// Reads the requests of one connection, one after the other (RFC 9112).
///
/// Until a request is whole it is nothing but octets in one array: its head as sent, and behind it
/// the body without the framing of chunks. An object for each field would let a client turn every
/// octet it sends into some thirty of heap and leave them there until the header timeout. Before
/// the array grows, `room` is asked.
///
/// Each octet is looked at a fixed number of times, in whatever pieces it comes. Where two readers
/// could disagree on the end of a request, an attacker puts a request of their own (RFC 9112
/// §11.2): such requests are refused, and nothing behind them is read.
final class RequestParser {
    /// How a request that is refused is to be told so.
    static final int BAD_REQUEST = 400;

    private static final int CONTENT_TOO_LARGE = 413;
    private static final int URI_TOO_LONG = 414;
    private static final int EXPECTATION_FAILED = 417;
    private static final int FIELDS_TOO_LARGE = 431;
    private static final int VERSION_NOT_SUPPORTED = 505;

    /// Empty lines tolerated before a request; RFC 9112 §2.2 asks for one.
    private static final int MAX_EMPTY_LINES = 4;

    /// Of all chunk extensions of one request; nobody is known to send any.
    private static final int MAX_EXTENSION_BYTES = 1024;

    private static final int FIRST_ROOM = 512;
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final byte[] NOTHING = {};

    /// What the octets read so far make up.
    enum Progress {
        /// The beginning of a request, or nothing.
        INCOMPLETE,
        /// A head whose body the client sends when it is given leave (RFC 9110 §10.1.1). Said once.
        CONTINUE_EXPECTED,
        /// A request: see [#take].
        WHOLE,
        /// Something to be refused: see [#refusal].
        REFUSED,
        /// More than there is room for.
        NO_ROOM
    }

    private enum Expected {
        REQUEST_LINE,
        FIELD,
        BODY,
        CHUNK_SIZE,
        CHUNK_EXTENSION,
        CHUNK_SIZE_END,
        CHUNK_DATA,
        CHUNK_CR,
        CHUNK_LF,
        TRAILER,
        NOTHING_MORE
    }

    private final HttpConfig config;
    private final IntPredicate room;
    private byte[] text = NOTHING;
    private int length;
    private Expected expected = Expected.REQUEST_LINE;
    private int lineFrom;
    private int emptyLines;
    private int fieldsFrom;
    private int fieldsEnd;
    private int fieldBytes;
    private int fields;
    private long bodyLeft;
    private int sizeDigits;
    private int extensionBytes;
    private int refusal;
    private boolean http10;

    /// @param room takes the octets of heap the request will hold from now on; false if there are
    ///   no more
    RequestParser(HttpConfig config, IntPredicate room) {
        this.config = config;
        this.room = room;
    }

    /// True if every octet it was given belongs to a request that was taken.
    boolean isBetweenRequests() {
        return expected == Expected.REQUEST_LINE && length == 0 && emptyLines == 0;
    }

    /// Reads up to the end of the request, or all there is. After [Progress#REFUSED] and
    /// [Progress#NO_ROOM] it must not be called again.
    Progress read(ByteBuf in) {
        while (in.isReadable() && expected != Expected.NOTHING_MORE) {
            Progress progress =
                    switch (expected) {
                        case REQUEST_LINE, FIELD, TRAILER -> line(in);
                        case BODY, CHUNK_DATA -> data(in);
                        default -> framing(in.readByte());
                    };
            if (progress != Progress.INCOMPLETE) {
                return progress;
            }
        }
        return expected == Expected.NOTHING_MORE ? Progress.WHOLE : Progress.INCOMPLETE;
    }

    /// The request that is whole; the next one begins.
    HttpRequest take() {
        HttpRequest request =
                new HttpRequest(
                        method(),
                        target(),
                        http10,
                        keepsAlive(),
                        values("if-none-match"),
                        Octets.of(text, fieldsEnd, length - fieldsEnd));
        forget();
        return request;
    }

    /// The status to refuse with.
    int refusal() {
        return refusal;
    }

    /// Of the request that is being read; empty if its request line is not whole.
    String method() {
        return fieldsFrom == 0 ? "" : string(0, indexOf(' ', 0, fieldsFrom));
    }

    boolean isHttp10() {
        return http10;
    }

    /// Gives back what it holds, and begins anew.
    void forget() {
        text = NOTHING;
        length = 0;
        expected = Expected.REQUEST_LINE;
        lineFrom = 0;
        emptyLines = 0;
        fieldsFrom = 0;
        fieldsEnd = 0;
        fieldBytes = 0;
        fields = 0;
        bodyLeft = 0;
        extensionBytes = 0;
        http10 = false;
        // Giving back never fails.
        var _ = room.test(0);
    }

    private Progress refuse(int status) {
        refusal = status;
        expected = Expected.NOTHING_MORE;
        return Progress.REFUSED;
    }

    /// Appends octets up to the end of the line, and looks at it once it is whole.
    private Progress line(ByteBuf in) {
        int newline = in.bytesBefore((byte) '\n');
        int count = newline < 0 ? in.readableBytes() : newline + 1;
        // Not beyond what the line may have, and one more to notice.
        int most = maxLine() - (length - lineFrom) + 1;
        if (!append(in, Math.min(count, most))) {
            return Progress.NO_ROOM;
        }
        // What a client of TLS says first, for one, ends in no line.
        if (expected == Expected.REQUEST_LINE
                && text[0] != '\r'
                && !FieldSyntax.isTokenChar(text[0])) {
            return refuse(BAD_REQUEST);
        }
        if (count >= most) {
            return refuse(expected == Expected.REQUEST_LINE ? URI_TOO_LONG : FIELDS_TOO_LARGE);
        }
        if (newline < 0) {
            return Progress.INCOMPLETE;
        }
        int end = length - 2;
        if (end < lineFrom || text[end] != '\r') {
            return refuse(BAD_REQUEST);
        }
        return switch (expected) {
            case REQUEST_LINE -> requestLine(end);
            case TRAILER -> trailer(end);
            default -> field(end);
        };
    }

    private int maxLine() {
        return expected == Expected.REQUEST_LINE
                ? config.maxRequestLineBytes()
                : config.maxHeaderBytes() - fieldBytes;
    }

    private Progress requestLine(int end) {
        if (end == 0) {
            length = 0;
            return ++emptyLines > MAX_EMPTY_LINES ? refuse(BAD_REQUEST) : Progress.INCOMPLETE;
        }
        int method = indexOf(' ', 0, end);
        int target = indexOf(' ', method + 1, end);
        if (!isToken(0, method)
                || !isTarget(method + 1, target)
                || !isAuthorityRight(method + 1, target)) {
            return refuse(BAD_REQUEST);
        }
        int version = target + 1;
        if (end - version != 8
                || !string(version, end).startsWith("HTTP/")
                || !isDigit(text[version + 5])
                || text[version + 6] != '.'
                || !isDigit(text[version + 7])) {
            return refuse(BAD_REQUEST);
        }
        fieldsFrom = length;
        lineFrom = length;
        http10 = text[version + 7] == '0';
        expected = Expected.FIELD;
        return text[version + 5] == '1' ? Progress.INCOMPLETE : refuse(VERSION_NOT_SUPPORTED);
    }

    private boolean isToken(int from, int end) {
        int at = from;
        while (at < end && FieldSyntax.isTokenChar(text[at])) {
            at++;
        }
        return at == end && at > from;
    }

    private boolean isTarget(int from, int end) {
        int at = from;
        while (at < end && (text[at] > ' ' || text[at] < 0) && text[at] != 0x7f) {
            at++;
        }
        return at == end && at > from;
    }

    /// What proxies send, `http://host/path`, names a host, and no user (RFC 9110 §4.2.1, §4.2.4).
    private boolean isAuthorityRight(int from, int end) {
        int scheme = absoluteScheme(from, end);
        int authority = from + scheme;
        int at = authority;
        while (at < end && text[at] != '/' && text[at] != '?' && text[at] != '#') {
            at++;
        }
        return scheme == 0
                || (at > authority
                        && text[authority] != ':'
                        && FieldSyntax.isHost(text, authority, at));
    }

    /// @return the length of `http://` or `https://`, in any case; 0 if it is neither
    private int absoluteScheme(int from, int end) {
        if (end == from || (text[from] | 0x20) != 'h') {
            return 0;
        }
        String start = string(from, Math.min(end, from + 8)).toLowerCase(Locale.ROOT);
        return start.startsWith("http://") ? 7 : start.equals("https://") ? 8 : 0;
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    private Progress field(int end) {
        if (end == lineFrom) {
            fieldsEnd = length;
            return headEnded();
        }
        Progress progress = checkField(end);
        lineFrom = length;
        return progress;
    }

    /// Trailers are checked and forgotten.
    private Progress trailer(int end) {
        if (end == lineFrom) {
            length = lineFrom;
            expected = Expected.NOTHING_MORE;
            return Progress.WHOLE;
        }
        Progress progress = checkField(end);
        length = lineFrom;
        return progress;
    }

    private Progress checkField(int end) {
        fieldBytes += length - lineFrom;
        if (++fields > config.maxHeaderFields()) {
            return refuse(FIELDS_TOO_LARGE);
        }
        int colon = indexOf(':', lineFrom, end);
        int at = colon + 1;
        while (at < end && FieldSyntax.isValueChar(text[at])) {
            at++;
        }
        // A line that begins with a blank continues the one before (obs-fold): refused, as
        // RFC 9112 §5.2 has it, since its name is no token.
        return isToken(lineFrom, colon) && at == end ? Progress.INCOMPLETE : refuse(BAD_REQUEST);
    }

    /// What is decided before the body is read.
    private Progress headEnded() {
        if (!isHostRight()) {
            return refuse(BAD_REQUEST);
        }
        List<String> lengths = values("content-length");
        List<String> codings = values("transfer-encoding");
        long contentLength = lengths.isEmpty() ? 0 : contentLength(lengths);
        boolean chunked =
                codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked") && !http10;
        if (contentLength < 0
                || (!codings.isEmpty() && !chunked)
                || (chunked && !lengths.isEmpty())) {
            return refuse(BAD_REQUEST);
        }
        if (contentLength > config.maxBodyBytes()) {
            return refuse(CONTENT_TOO_LARGE);
        }
        // HTTP/1.0 knows no expectations; they are ignored there (RFC 9110 §10.1.1).
        List<String> expectations = http10 ? List.of() : values("expect");
        if (!expectations.stream().allMatch(each -> each.equalsIgnoreCase("100-continue"))) {
            return refuse(EXPECTATION_FAILED);
        }
        bodyLeft = contentLength;
        if (chunked) {
            nextChunk();
        } else {
            expected = contentLength > 0 ? Expected.BODY : Expected.NOTHING_MORE;
        }
        boolean hasBody = chunked || contentLength > 0;
        return hasBody && !expectations.isEmpty()
                ? Progress.CONTINUE_EXPECTED
                : Progress.INCOMPLETE;
    }

    /// Missing, double or invalid is refused (RFC 9112 §3.2). HTTP/1.0 has no such field.
    private boolean isHostRight() {
        int count = 0;
        for (int from = fieldsFrom; from < fieldsEnd - 2; from = lineEnd(from) + 2) {
            int value = valueOf("host", from);
            if (value >= 0) {
                count++;
                int end = lineEnd(from);
                int start = FieldSyntax.trimStart(text, value, end);
                if (!FieldSyntax.isHost(text, start, FieldSyntax.trimEnd(text, start, end))) {
                    return false;
                }
            }
        }
        return count == 1 || (http10 && count == 0);
    }

    /// Negative if it is none, or in doubt.
    private static long contentLength(List<String> values) {
        String value = values.getFirst();
        boolean clear =
                values.size() == 1
                        && !value.isEmpty()
                        && value.length() <= MAX_LENGTH_DIGITS
                        && value.chars().allMatch(it -> it >= '0' && it <= '9');
        return clear ? Long.parseLong(value) : -1;
    }

    private boolean keepsAlive() {
        boolean keep = false;
        for (String value : values("connection")) {
            for (String option : value.toLowerCase(Locale.ROOT).split(",", -1)) {
                if (option.strip().equals("close")) {
                    return false;
                }
                keep |= option.strip().equals("keep-alive");
            }
        }
        return keep || !http10;
    }

    private Progress data(ByteBuf in) {
        int count = (int) Math.min(bodyLeft, in.readableBytes());
        if (!append(in, count)) {
            return Progress.NO_ROOM;
        }
        bodyLeft -= count;
        if (bodyLeft == 0) {
            expected = expected == Expected.BODY ? Expected.NOTHING_MORE : Expected.CHUNK_CR;
        }
        return Progress.INCOMPLETE;
    }

    private void nextChunk() {
        expected = Expected.CHUNK_SIZE;
        bodyLeft = 0;
        sizeDigits = 0;
    }

    /// What stands between the octets of a chunked body (RFC 9112 §7.1).
    private Progress framing(byte octet) {
        switch (expected) {
            case CHUNK_SIZE -> {
                int digit = octet < 0 ? -1 : Character.digit(octet, 16);
                if (digit >= 0) {
                    bodyLeft = bodyLeft * 16 + digit;
                    if (++sizeDigits > MAX_LENGTH_DIGITS) {
                        return refuse(BAD_REQUEST);
                    }
                    if (length - fieldsEnd + bodyLeft > config.maxBodyBytes()) {
                        return refuse(CONTENT_TOO_LARGE);
                    }
                    return Progress.INCOMPLETE;
                }
                if (sizeDigits == 0) {
                    return refuse(BAD_REQUEST);
                }
                return afterSize(octet);
            }
            case CHUNK_EXTENSION -> {
                return afterSize(octet);
            }
            case CHUNK_SIZE_END -> {
                if (octet != '\n') {
                    return refuse(BAD_REQUEST);
                }
                expected = bodyLeft == 0 ? Expected.TRAILER : Expected.CHUNK_DATA;
                lineFrom = length;
            }
            case CHUNK_CR -> {
                if (octet != '\r') {
                    return refuse(BAD_REQUEST);
                }
                expected = Expected.CHUNK_LF;
            }
            case CHUNK_LF -> {
                if (octet != '\n') {
                    return refuse(BAD_REQUEST);
                }
                nextChunk();
            }
            default -> throw new IllegalStateException("no framing: " + expected);
        }
        return Progress.INCOMPLETE;
    }

    private Progress afterSize(byte octet) {
        if (octet == '\r') {
            expected = Expected.CHUNK_SIZE_END;
            return Progress.INCOMPLETE;
        }
        boolean extended = expected == Expected.CHUNK_EXTENSION;
        if (!extended && octet != ';' && !FieldSyntax.isBlank(octet)) {
            return refuse(BAD_REQUEST);
        }
        expected = Expected.CHUNK_EXTENSION;
        return !FieldSyntax.isValueChar(octet) || ++extensionBytes > MAX_EXTENSION_BYTES
                ? refuse(BAD_REQUEST)
                : Progress.INCOMPLETE;
    }

    private boolean append(ByteBuf in, int count) {
        if (count > text.length - length) {
            int twice = Math.min(maxLength(), Math.max(FIRST_ROOM, text.length * 2));
            int wanted = Math.max(length + count, twice);
            if (!room.test(wanted)) {
                return false;
            }
            text = Arrays.copyOf(text, wanted);
        }
        in.readBytes(text, length, count);
        length += count;
        return true;
    }

    private int maxLength() {
        return config.maxRequestLineBytes() + config.maxHeaderBytes() + config.maxBodyBytes();
    }

    /// The values of all lines of a field, without blanks around them.
    private List<String> values(String name) {
        List<String> values = new ArrayList<>(1);
        for (int from = fieldsFrom; from < fieldsEnd - 2; from = lineEnd(from) + 2) {
            int value = valueOf(name, from);
            if (value >= 0) {
                int end = lineEnd(from);
                int start = FieldSyntax.trimStart(text, value, end);
                values.add(string(start, FieldSyntax.trimEnd(text, start, end)));
            }
        }
        return values;
    }

    /// @param name in lower case
    /// @return what follows the colon, if the line is of that field; else negative
    private int valueOf(String name, int lineFrom) {
        int colon = lineFrom + name.length();
        if (colon >= fieldsEnd || text[colon] != ':') {
            return -1;
        }
        for (int i = 0; i < name.length(); i++) {
            int octet = text[lineFrom + i];
            if ((octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet) != name.charAt(i)) {
                return -1;
            }
        }
        return colon + 1;
    }

    private int lineEnd(int from) {
        return indexOf('\r', from, fieldsEnd);
    }

    private String target() {
        int from = indexOf(' ', 0, fieldsFrom) + 1;
        return string(from, indexOf(' ', from, fieldsFrom));
    }

    /// @return the end, if there is none
    private int indexOf(char wanted, int from, int end) {
        int at = from;
        while (at < end && text[at] != wanted) {
            at++;
        }
        return at;
    }

    private String string(int from, int end) {
        return new String(text, from, end - from, StandardCharsets.ISO_8859_1);
    }
}
