package org.precertocsp.responder.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.precertocsp.responder.http.HttpReply.Framing;
import org.precertocsp.responder.http.HttpReply.Method;

/// Reads the requests of one connection, one after the other (RFC 9112).
///
/// # Where a request is kept
///
/// A request is bytes in one array: its head as sent, followed by the body without the framing of
/// chunks. Nearly every request arrives complete, and is read where it arrived: in the array of the
/// event loop that the socket was read into, which was [given][#give]. Only a request that is
/// incomplete when that array ends is copied to an array of the connection's own, and reading
/// continues there. An object for each field would let a client turn every byte it sends into some
/// thirty of heap and leave them there until the header timeout. Before its own array is created or
/// grows, the parser reserves the bytes through `room`.
///
/// # Usual requests
///
/// Two steps try the usual form first, and leave all else to the general one: the request line of a
/// GET or POST in its usual spelling ([OcspTarget]), and header fields equal to the last ones seen
/// on this event loop ([LastFields]). Both allocate nothing and read most bytes once. They accept
/// nothing that the general form does not, and give the same result; the property test that cuts
/// requests at any position proves it, since a request that arrives in pieces is read in the
/// general form.
///
/// # Why it is strict
///
/// If two readers could disagree on the end of a request, an attacker could insert a request of
/// their own (RFC 9112 §11.2): such requests are rejected, and nothing after them is read.
final class RequestParser {
    /// The HTTP status for a request that is rejected.
    static final int BAD_REQUEST = 400;

    private static final int CONTENT_TOO_LARGE = 413;
    private static final int URI_TOO_LONG = 414;
    private static final int EXPECTATION_FAILED = 417;
    private static final int FIELDS_TOO_LARGE = 431;
    private static final int VERSION_NOT_SUPPORTED = 505;

    /// Empty lines tolerated before a request; RFC 9112 §2.2 requires one.
    private static final int MAX_EMPTY_LINES = 4;

    /// Maximum bytes of all chunk extensions of one request; no client is known to send any.
    private static final int MAX_EXTENSION_BYTES = 1024;

    private static final int FIRST_ROOM = 512;
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final byte[] NOTHING = {};
    private static final byte[] GET = ascii("GET ");
    private static final byte[] POST = ascii("POST ");
    private static final byte[] HEAD = ascii("HEAD ");
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] CONNECTION = ascii("connection");
    private static final byte[] CONTENT_LENGTH = ascii("content-length");
    private static final byte[] HOST = ascii("host");
    private static final byte[] EXPECT = ascii("expect");
    private static final byte[] IF_NONE_MATCH = ascii("if-none-match");
    private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");
    private static final byte[] CHUNKED = ascii("chunked");
    private static final byte[] CONTINUE = ascii("100-continue");

    /// Of requests without conditions that keep their connection open: created once.
    private static final Framing CANONICAL_GET = usual(Method.GET, true);

    private static final Framing ALIAS_GET = usual(Method.GET, false);
    private static final Framing USUAL_POST = usual(Method.POST, true);

    /// The state of the bytes read so far.
    enum Progress {
        /// The beginning of a request, or nothing.
        INCOMPLETE,
        /// A head whose client sends the body after a 100 (RFC 9110 §10.1.1). Once.
        CONTINUE_EXPECTED,
        /// A complete request, to be processed before [#next].
        WHOLE,
        /// A request to be rejected: see [#refusal].
        REFUSED,
        /// More than the memory budget allows.
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

    /// The header fields last read on one event loop that contain nothing but, possibly, the length
    /// of a body. Clients repeat themselves: comparing the fields whole is several times as fast as
    /// parsing them (the benchmark of the cached answer justifies this).
    static final class LastFields {
        private static final int MAX_KEPT = 1024;

        private final byte[] kept = new byte[MAX_KEPT];
        private int length;
        private int contentLength;

        /// @return their end; negative if the fields differ
        private int match(byte[] text, int from, int limit) {
            int end = from + length;
            return length > 0 && end <= limit && Arrays.equals(text, from, end, kept, 0, length)
                    ? end
                    : -1;
        }

        private void keep(byte[] text, int from, int end, int contentLength) {
            if (end - from <= MAX_KEPT) {
                length = end - from;
                System.arraycopy(text, from, kept, 0, length);
                this.contentLength = contentLength;
            }
        }
    }

    private final HttpConfig config;
    private final OcspTarget target;
    private final LastFields lastFields;
    private final IntPredicate room;

    // The input, and how far it was read.
    private byte[] input = NOTHING;
    private int position;
    private int limit;

    // The request: in the input itself, or in an array of its own.
    private byte[] text = NOTHING;
    private boolean inPlace;
    private int start;
    private int length;
    private Expected expected = Expected.REQUEST_LINE;
    private int lineFrom;
    private int emptyLines;
    private int targetFrom;
    private int targetEnd;
    private boolean targetRead;
    private int fieldsFrom;
    private int fieldsEnd;
    private int fieldBytes;
    private int fields;
    private Method method = Method.OTHER;
    private boolean http10;
    private boolean holdsRoom;

    // The values of the fields.
    private int hosts;
    private boolean hostsRight;
    private int lengths;
    private long contentLength;
    private int codings;
    private boolean chunked;
    private boolean expectsContinue;
    private boolean expectsOther;
    private boolean close;
    private boolean keepAlive;
    private int conditions;

    private long bodyLeft;
    private int sizeDigits;
    private int extensionBytes;
    private int refusal;

    /// @param target of the event loop
    /// @param lastFields of the event loop
    /// @param room reserves the bytes of heap the request will hold from now on; false if there are
    ///   no more
    RequestParser(HttpConfig config, OcspTarget target, LastFields lastFields, IntPredicate room) {
        this.config = config;
        this.target = target;
        this.lastFields = lastFields;
        this.room = room;
        forgetFields();
    }

    private static Framing usual(Method method, boolean canonical) {
        return new Framing(method, false, true, canonical, List.of());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// True if every byte it was given belongs to a completed request.
    boolean isBetweenRequests() {
        return expected == Expected.REQUEST_LINE && length == start && emptyLines == 0;
    }

    /// Sets the next input. The array may be written to, and is used until it was read to its end
    /// or [#next] was called.
    void give(byte[] bytes, int from, int to) {
        input = bytes;
        position = from;
        limit = to;
    }

    /// The offset of the rest in the array that was given.
    int position() {
        return position;
    }

    /// The end of the rest.
    int limit() {
        return limit;
    }

    boolean hasInput() {
        return position < limit;
    }

    /// Reads up to the end of the request, or to the end of the input. After [Progress#REFUSED] and
    /// [Progress#NO_ROOM] it must not be called again.
    Progress read() {
        if (expected == Expected.REQUEST_LINE && length == start) {
            giveBack();
            text = input;
            inPlace = true;
            begin(position);
            usualRequestLine();
        }
        while (position < limit && expected != Expected.NOTHING_MORE) {
            Progress progress =
                    switch (expected) {
                        case REQUEST_LINE, TRAILER -> line();
                        case FIELD -> usualFields() ? Progress.INCOMPLETE : line();
                        case BODY, CHUNK_DATA -> data();
                        default -> framing(input[position++]);
                    };
            if (progress != Progress.INCOMPLETE) {
                return progress == Progress.CONTINUE_EXPECTED && !keep()
                        ? Progress.NO_ROOM
                        : progress;
            }
        }
        if (expected == Expected.NOTHING_MORE) {
            return Progress.WHOLE;
        }
        return keep() ? Progress.INCOMPLETE : Progress.NO_ROOM;
    }

    private void begin(int at) {
        start = at;
        length = at;
        lineFrom = at;
    }

    /// Copies the part of a request that was read out of the input. False if there is no room.
    private boolean keep() {
        if (!inPlace) {
            return true;
        }
        int size = length - start;
        byte[] own = NOTHING;
        if (size > 0) {
            int wanted = Math.max(size, Math.min(maxLength(), FIRST_ROOM));
            if (!hold(wanted)) {
                return false;
            }
            own = new byte[wanted];
            System.arraycopy(text, start, own, 0, size);
        }
        text = own;
        inPlace = false;
        targetFrom -= start;
        targetEnd -= start;
        fieldsFrom -= start;
        fieldsEnd -= start;
        lineFrom -= start;
        length = size;
        start = 0;
        targetRead = false;
        return true;
    }

    /// Of the request being read; OTHER if its request line is incomplete.
    Method method() {
        return method;
    }

    /// Reads the target of the complete request into [OcspTarget]. Of a POST only its path matters.
    OcspTarget.Meaning target() {
        if (targetRead) {
            return OcspTarget.Meaning.DECODED;
        }
        if (method == Method.POST) {
            return target.isWithin(text, targetFrom, targetEnd)
                    ? OcspTarget.Meaning.DECODED
                    : OcspTarget.Meaning.ELSEWHERE;
        }
        return target.read(text, targetFrom, targetEnd);
    }

    /// The array that contains the body, decoded if it arrived in chunks.
    byte[] bodyArray() {
        return text;
    }

    int bodyFrom() {
        return fieldsEnd;
    }

    int bodyLength() {
        return length - fieldsEnd;
    }

    /// The properties of the request that its reply depends on.
    ///
    /// @param canonical false if caches must not keep its answer
    Framing framing(boolean canonical) {
        if (!http10 && !close && conditions == 0) {
            switch (method) {
                case GET -> {
                    return canonical ? CANONICAL_GET : ALIAS_GET;
                }
                case POST -> {
                    return USUAL_POST;
                }
                case HEAD, OTHER -> {}
            }
        }
        return new Framing(
                method,
                http10,
                !close && (keepAlive || !http10),
                canonical || method == Method.POST,
                method == Method.POST || conditions == 0 ? List.of() : values(IF_NONE_MATCH));
    }

    /// The status of the rejection.
    int refusal() {
        return refusal;
    }

    /// As [#framing], from the part of a rejected request that was read.
    Framing refusalFraming() {
        return new Framing(method, http10, false, true, List.of());
    }

    /// Ends the request; the next one begins.
    void next() {
        giveBack();
        text = NOTHING;
        inPlace = false;
        begin(0);
        expected = Expected.REQUEST_LINE;
        emptyLines = 0;
        targetRead = false;
        method = Method.OTHER;
        extensionBytes = 0;
        http10 = false;
        bodyLeft = 0;
        if (fields > 0) {
            forgetFields();
        }
    }

    private boolean hold(int bytes) {
        holdsRoom = true;
        return room.test(bytes);
    }

    private void giveBack() {
        if (holdsRoom) {
            holdsRoom = false;
            // Releasing never fails.
            var _ = room.test(0);
        }
    }

    private void forgetFields() {
        fieldBytes = 0;
        fields = 0;
        hosts = 0;
        hostsRight = true;
        lengths = 0;
        contentLength = 0;
        codings = 0;
        chunked = false;
        expectsContinue = false;
        expectsOther = false;
        close = false;
        keepAlive = false;
        conditions = 0;
    }

    private Progress refuse(int status) {
        refusal = status;
        expected = Expected.NOTHING_MORE;
        return Progress.REFUSED;
    }

    /// Reads the request line of a GET or POST in its usual form, and leaves any other to [#line].
    private void usualRequestLine() {
        int end;
        boolean get = startsWithInput(GET, position);
        if (get) {
            targetFrom = position + GET.length;
            end = target.readUsual(text, targetFrom, limit);
        } else if (startsWithInput(POST, position)) {
            targetFrom = position + POST.length;
            end = target.afterPath(text, targetFrom, limit);
        } else {
            return;
        }
        int next = end + VERSION.length;
        if (end < 0
                || !startsWithInput(VERSION, end)
                || next - position > config.maxRequestLineBytes()) {
            return;
        }
        targetEnd = end;
        targetRead = true;
        position = next;
        length = next;
        fieldsBegin(get ? Method.GET : Method.POST);
    }

    private void fieldsBegin(Method of) {
        method = of;
        fieldsFrom = length;
        lineFrom = length;
        expected = Expected.FIELD;
    }

    private boolean startsWithInput(byte[] wanted, int from) {
        int end = from + wanted.length;
        return end <= limit && Arrays.equals(input, from, end, wanted, 0, wanted.length);
    }

    private Method methodUpTo(int end) {
        if (isMethod(GET, end)) {
            return Method.GET;
        }
        if (isMethod(POST, end)) {
            return Method.POST;
        }
        return isMethod(HEAD, end) ? Method.HEAD : Method.OTHER;
    }

    /// @param wanted followed by a blank
    private boolean isMethod(byte[] wanted, int end) {
        return Arrays.equals(text, start, end, wanted, 0, wanted.length - 1);
    }

    /// Reads all header fields at once, if they equal those of the last request.
    private boolean usualFields() {
        if (!inPlace || length != position || lineFrom != fieldsFrom || http10) {
            return false;
        }
        int end = lastFields.match(input, position, limit);
        if (end < 0) {
            return false;
        }
        position = end;
        length = end;
        fieldsEnd = end;
        bodyLeft = lastFields.contentLength;
        expected = bodyLeft > 0 ? Expected.BODY : Expected.NOTHING_MORE;
        if (bodyLeft <= limit - position) {
            position += lastFields.contentLength;
            length = position;
            expected = Expected.NOTHING_MORE;
        }
        return true;
    }

    /// Appends bytes up to the end of the line, and parses it once it is complete.
    private Progress line() {
        int newline = position;
        while (newline < limit && input[newline] != '\n') {
            newline++;
        }
        boolean whole = newline < limit;
        int count = newline - position + (whole ? 1 : 0);
        // At most the line's limit, and one byte more to detect a longer one.
        int most = maxLine() - (length - lineFrom) + 1;
        if (!append(Math.min(count, most))) {
            return Progress.NO_ROOM;
        }
        // For example the first bytes of a TLS client, which have no line end.
        if (expected == Expected.REQUEST_LINE
                && text[start] != '\r'
                && !HttpFieldSyntax.isTokenChar(text[start])) {
            return refuse(BAD_REQUEST);
        }
        if (count >= most) {
            return refuse(expected == Expected.REQUEST_LINE ? URI_TOO_LONG : FIELDS_TOO_LARGE);
        }
        if (!whole) {
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
        if (end == start) {
            begin(inPlace ? position : 0);
            return ++emptyLines > MAX_EMPTY_LINES ? refuse(BAD_REQUEST) : Progress.INCOMPLETE;
        }
        int methodEnd = indexOf(' ', start, end);
        targetFrom = methodEnd + 1;
        targetEnd = indexOf(' ', targetFrom, end);
        int version = targetEnd + 1;
        if (tokenEnd(start, methodEnd) != methodEnd
                || methodEnd == start
                || !isTarget(targetFrom, targetEnd)
                || !isAuthorityRight(targetFrom, targetEnd)
                || !isVersion(version, end)) {
            return refuse(BAD_REQUEST);
        }
        http10 = text[version + 7] == '0';
        fieldsBegin(methodUpTo(methodEnd));
        return text[version + 5] == '1' ? Progress.INCOMPLETE : refuse(VERSION_NOT_SUPPORTED);
    }

    /// `HTTP/` and two digits.
    private boolean isVersion(int from, int end) {
        return end - from == 8
                && Arrays.equals(text, from, from + 5, VERSION, 1, 6)
                && isDigit(text[from + 5])
                && text[from + 6] == '.'
                && isDigit(text[from + 7]);
    }

    /// @return the offset of the first byte that does not belong to a token
    private int tokenEnd(int from, int end) {
        int at = from;
        while (at < end && HttpFieldSyntax.isTokenChar(text[at])) {
            at++;
        }
        return at;
    }

    private boolean isTarget(int from, int end) {
        int at = from;
        while (at < end && (text[at] > ' ' || text[at] < 0) && text[at] != 0x7f) {
            at++;
        }
        return at == end && at > from;
    }

    /// Proxies send `http://host/path`, which names a host, and no user (RFC 9110 §4.2.1, §4.2.4).
    private boolean isAuthorityRight(int from, int end) {
        int scheme = OcspTarget.schemeLength(text, from, end);
        int authority = from + scheme;
        int at = authority;
        while (at < end && text[at] != '/' && text[at] != '?' && text[at] != '#') {
            at++;
        }
        return scheme == 0
                || (at > authority
                        && text[authority] != ':'
                        && HttpFieldSyntax.isHost(text, authority, at));
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    private Progress field(int end) {
        if (end == lineFrom) {
            fieldsEnd = length;
            return headEnded();
        }
        int colon = tokenEnd(lineFrom, end);
        if (!checkField(colon, end)) {
            return Progress.REFUSED;
        }
        int from = HttpFieldSyntax.trimStart(text, colon + 1, end);
        interpret(colon, from, HttpFieldSyntax.trimEnd(text, from, end));
        lineFrom = length;
        return Progress.INCOMPLETE;
    }

    /// Trailers are checked and discarded.
    private Progress trailer(int end) {
        boolean last = end == lineFrom;
        boolean right = last || checkField(tokenEnd(lineFrom, end), end);
        length = lineFrom;
        if (last) {
            expected = Expected.NOTHING_MORE;
        }
        return right ? Progress.INCOMPLETE : Progress.REFUSED;
    }

    /// False if the line is not a field, or exceeds the limit: the request is rejected then.
    ///
    /// @param colon the end of the name
    private boolean checkField(int colon, int end) {
        fieldBytes += length - lineFrom;
        if (++fields > config.maxHeaderFields()) {
            refuse(FIELDS_TOO_LARGE);
            return false;
        }
        int at = colon + 1;
        while (at < end && HttpFieldSyntax.isValueChar(text[at])) {
            at++;
        }
        // A line that begins with a blank continues the one before (obs-fold): rejected, as RFC
        // 9112 §5.2 permits, since its name is not a token.
        boolean right = colon > lineFrom && colon < end && text[colon] == ':' && at == end;
        if (!right) {
            refuse(BAD_REQUEST);
        }
        return right;
    }

    /// Records the fields that a reply or the end of the request depends on.
    ///
    /// @param from offset of the value, without surrounding blanks
    private void interpret(int colon, int from, int end) {
        switch (colon - lineFrom) {
            case 4 -> {
                if (is(HOST, lineFrom, colon)) {
                    hosts++;
                    hostsRight &= HttpFieldSyntax.isHost(text, from, end);
                }
            }
            case 6 -> {
                if (is(EXPECT, lineFrom, colon)) {
                    boolean known = is(CONTINUE, from, end);
                    expectsContinue |= known;
                    expectsOther |= !known;
                }
            }
            case 10 -> {
                if (is(CONNECTION, lineFrom, colon)) {
                    readConnection(string(from, end));
                }
            }
            case 13 -> conditions += is(IF_NONE_MATCH, lineFrom, colon) ? 1 : 0;
            case 14 -> {
                if (is(CONTENT_LENGTH, lineFrom, colon)) {
                    lengths++;
                    contentLength = number(from, end);
                }
            }
            case 17 -> {
                if (is(TRANSFER_ENCODING, lineFrom, colon)) {
                    codings++;
                    chunked = is(CHUNKED, from, end);
                }
            }
            default -> {}
        }
    }

    private void readConnection(String value) {
        for (String option : value.toLowerCase(Locale.ROOT).split(",", -1)) {
            close |= option.strip().equals("close");
            keepAlive |= option.strip().equals("keep-alive");
        }
    }

    /// Negative if it is not a length.
    private long number(int from, int end) {
        if (end == from || end - from > MAX_LENGTH_DIGITS) {
            return -1;
        }
        long number = 0;
        for (int at = from; at < end; at++) {
            if (!isDigit(text[at])) {
                return -1;
            }
            number = number * 10 + text[at] - '0';
        }
        return number;
    }

    /// The checks before the body is read.
    private Progress headEnded() {
        // A missing, duplicate or invalid Host is rejected (RFC 9112 §3.2). HTTP/1.0 has no such
        // field.
        boolean hostRight = hostsRight && (hosts == 1 || (http10 && hosts == 0));
        boolean lengthRight = lengths == 0 || (lengths == 1 && contentLength >= 0);
        boolean codingRight = codings == 0 || (codings == 1 && chunked && !http10 && lengths == 0);
        if (!hostRight || !lengthRight || !codingRight) {
            return refuse(BAD_REQUEST);
        }
        if (contentLength > config.maxBodyBytes()) {
            return refuse(CONTENT_TOO_LARGE);
        }
        // HTTP/1.0 has no expectations; they are ignored there (RFC 9110 §10.1.1).
        if (expectsOther && !http10) {
            return refuse(EXPECTATION_FAILED);
        }
        bodyLeft = contentLength;
        if (chunked) {
            nextChunk();
        } else {
            expected = contentLength > 0 ? Expected.BODY : Expected.NOTHING_MORE;
        }
        boolean asksFirst = expectsContinue && !http10 && (chunked || contentLength > 0);
        if (inPlace && !http10 && !chunked && !close && !expectsContinue && conditions == 0) {
            lastFields.keep(text, fieldsFrom, fieldsEnd, (int) contentLength);
        }
        return asksFirst ? Progress.CONTINUE_EXPECTED : Progress.INCOMPLETE;
    }

    private Progress data() {
        int count = (int) Math.min(bodyLeft, limit - position);
        if (!append(count)) {
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

    /// The lines between the bytes of a chunked body (RFC 9112 §7.1).
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
        if (!extended && octet != ';' && !HttpFieldSyntax.isBlank(octet)) {
            return refuse(BAD_REQUEST);
        }
        expected = Expected.CHUNK_EXTENSION;
        return !HttpFieldSyntax.isValueChar(octet) || ++extensionBytes > MAX_EXTENSION_BYTES
                ? refuse(BAD_REQUEST)
                : Progress.INCOMPLETE;
    }

    /// Moves bytes from the input to the request, unless they are part of it already.
    private boolean append(int count) {
        if (!inPlace && count > text.length - length) {
            int twice = Math.min(maxLength(), Math.max(FIRST_ROOM, text.length * 2));
            int wanted = Math.max(length + count, twice);
            if (!hold(wanted)) {
                return false;
            }
            text = Arrays.copyOf(text, wanted);
        }
        if (!inPlace || length != position) {
            System.arraycopy(input, position, text, length, count);
        }
        position += count;
        length += count;
        return true;
    }

    private int maxLength() {
        return config.maxRequestLineBytes() + config.maxHeaderBytes() + config.maxBodyBytes();
    }

    /// The values of all lines of a field, without surrounding blanks.
    private List<String> values(byte[] name) {
        List<String> values = new ArrayList<>(1);
        for (int from = fieldsFrom; from < fieldsEnd - 2; ) {
            int end = indexOf('\r', from, fieldsEnd);
            int colon = indexOf(':', from, end);
            if (is(name, from, colon)) {
                int value = HttpFieldSyntax.trimStart(text, colon + 1, end);
                values.add(string(value, HttpFieldSyntax.trimEnd(text, value, end)));
            }
            from = end + 2;
        }
        return values;
    }

    /// @param lower in lower case
    private boolean is(byte[] lower, int from, int end) {
        if (end - from != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            int octet = text[from + i];
            if ((octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet) != lower[i]) {
                return false;
            }
        }
        return true;
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
