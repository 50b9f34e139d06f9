package org.precertocsp.responder.intake.list;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.precertocsp.responder.intake.FeedRejectedException;

/// Reads rows of separated values (RFC 4180) in UTF-8, one at a time. Not thread-safe.
///
/// A file has millions of rows, so a row is not an object: [#next] moves to the next one and notes
/// where its values begin and end in the buffer, and only the values that are asked for become
/// strings. A separator, a quote and a line end are ASCII, which in UTF-8 is never part of another
/// character.
///
/// A value in quotes may contain separators, line ends, and quotes written twice. A quote inside a
/// value without quotes is a character like others. Lines end in LF, CRLF or CR; empty lines are
/// skipped.
final class CsvReader implements Closeable {
    /// Maximum length of a row in bytes.
    static final int MAX_ROW = 1 << 16;

    private static final int BUFFER = 1 << 18;

    private final InputStream in;
    private final byte separator;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;
    private boolean ended;

    // Where the next row begins.
    private int next;
    private long nextLine;

    // The current row, and its values from there.
    private int row;
    private long line;
    private int[] from = new int[16];
    private int[] to = new int[16];
    private int count;
    private int brokenValue;
    private boolean ascii;

    // The byte being parsed.
    private int at;

    /// @param separator an ASCII character
    /// @param firstLine number of the line with which the input begins
    CsvReader(InputStream in, char separator, long firstLine) {
        this.in = in;
        this.separator = (byte) separator;
        this.nextLine = firstLine;
    }

    /// Moves to the next row.
    ///
    /// @return false at the end
    /// @throws CharacterCodingException the row is not UTF-8
    /// @throws FeedRejectedException the row is not well-formed, or too long
    boolean next() throws IOException, FeedRejectedException {
        do {
            row = next;
            at = next;
            line = nextLine;
            if (!has()) {
                return false;
            }
            parse();
        } while (count == 1 && from[0] == to[0]);
        if (!ascii) {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(buffer, row, next - row));
        }
        return true;
    }

    private void parse() throws IOException, FeedRejectedException {
        count = 0;
        brokenValue = 0;
        ascii = true;
        while (true) {
            int start = at - row;
            if (has() && buffer[at] == '"') {
                quotedValue();
                start++;
                add(start, at - 1 - row);
            } else {
                plainValue();
                add(start, at - row);
            }
            if (!has() || buffer[at] != separator) {
                lineEnd();
                return;
            }
            at++;
        }
    }

    /// Moves behind the closing quote, to a separator or the end of the line.
    private void quotedValue() throws IOException, FeedRejectedException {
        at++;
        while (true) {
            if (!has()) {
                throw malformed("a quote is never closed");
            }
            byte b = buffer[at++];
            ascii &= b >= 0;
            if (b == '"') {
                if (!has() || isEnd(buffer[at])) {
                    return;
                }
                if (buffer[at] != '"') {
                    throw malformed("characters follow a closing quote");
                }
                at++;
            } else if (isLineEnd(b)) {
                brokenValue = brokenValue == 0 ? count + 1 : brokenValue;
                if (b == '\r' && has() && buffer[at] == '\n') {
                    at++;
                }
                nextLine++;
            }
        }
    }

    private void plainValue() throws IOException, FeedRejectedException {
        int signs = 0;
        do {
            int i = at;
            while (i < filled && !isEnd(buffer[i])) {
                signs |= buffer[i++];
            }
            at = i;
        } while (at == filled && has());
        ascii &= signs >= 0;
    }

    private void lineEnd() throws IOException, FeedRejectedException {
        if (has()) {
            boolean carriageReturn = buffer[at++] == '\r';
            if (carriageReturn && has() && buffer[at] == '\n') {
                at++;
            }
        }
        nextLine++;
        next = at;
        if (next - row > MAX_ROW) {
            throw tooLong();
        }
    }

    private boolean isEnd(byte b) {
        return b == separator || isLineEnd(b);
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    private void add(int start, int end) {
        if (count == from.length) {
            from = Arrays.copyOf(from, 2 * count);
            to = Arrays.copyOf(to, 2 * count);
        }
        from[count] = start;
        to[count++] = end;
    }

    /// True if there is a byte to parse; moves the row to the start of the buffer for room to read.
    private boolean has() throws IOException, FeedRejectedException {
        if (at < filled) {
            return true;
        }
        if (ended) {
            return false;
        }
        if (at - row > MAX_ROW) {
            throw tooLong();
        }
        System.arraycopy(buffer, row, buffer, 0, filled - row);
        filled -= row;
        at -= row;
        row = 0;
        int read = in.read(buffer, filled, buffer.length - filled);
        ended = read < 0;
        filled += Math.max(read, 0);
        return has();
    }

    private FeedRejectedException tooLong() {
        return malformed("a row is longer than %,d bytes".formatted(MAX_ROW));
    }

    private FeedRejectedException malformed(String what) {
        return new FeedRejectedException("not well-formed CSV: %s (line %d)".formatted(what, line));
    }

    /// The line on which the current row begins.
    long line() {
        return line;
    }

    /// Number of values in the current row; at least one.
    int count() {
        return count;
    }

    /// The number, from 1, of the first value of the row that contains a line end; 0 if none does.
    int brokenValue() {
        return brokenValue;
    }

    /// A value without the blanks around it.
    String value(int index) {
        int start = row + from[index];
        int end = row + to[index];
        if (start == end) {
            return "";
        }
        boolean quoted = from[index] > 0 && buffer[start - 1] == '"';
        if (!ascii || quoted) {
            String text = new String(buffer, start, end - start, StandardCharsets.UTF_8);
            return (quoted ? text.replace("\"\"", "\"") : text).strip();
        }
        while (start < end && Character.isWhitespace(buffer[start])) {
            start++;
        }
        while (end > start && Character.isWhitespace(buffer[end - 1])) {
            end--;
        }
        return new String(buffer, start, end - start, StandardCharsets.ISO_8859_1);
    }

    boolean isBlank(int index) {
        int end = row + to[index];
        for (int i = row + from[index]; i < end; i++) {
            if (!Character.isWhitespace(buffer[i])) {
                return buffer[i] < 0 && value(index).isEmpty();
            }
        }
        return true;
    }

    /// Spreadsheets write rows of separators only, around the data and between them.
    boolean isBlank() {
        for (int i = 0; i < count; i++) {
            if (!isBlank(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
