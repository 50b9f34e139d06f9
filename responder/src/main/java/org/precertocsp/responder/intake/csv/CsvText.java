package org.precertocsp.responder.intake.csv;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.ProgressStream;
import org.precertocsp.responder.intake.TextEncoding;

/// The text of a CSV file without its byte order mark and Excel's `sep=` line, and the separator
/// its header uses.
///
/// @param skippedLines lines of the file before the text
record CsvText(Reader reader, char separator, int skippedLines) implements Closeable {
    private static final int LOOK_AHEAD = 1 << 14;
    private static final String SEPARATORS = ",;\t|";

    static CsvText open(FeedFile file) throws FeedRefused, IOException {
        InputStream in = ProgressStream.open(file);
        try {
            byte[] start = in.readNBytes(LOOK_AHEAD);
            TextEncoding.forbidUtf16(start, "save it as CSV UTF-8");
            int text = TextEncoding.markLength(start);
            int header = afterSeparatorHint(start, text);
            char separator = header > text ? hint(start, text) : separatorIn(start, header);
            InputStream whole =
                    new SequenceInputStream(
                            new ByteArrayInputStream(start, header, start.length - header), in);
            Reader reader =
                    new InputStreamReader(
                            whole,
                            StandardCharsets.UTF_8
                                    .newDecoder()
                                    .onMalformedInput(CodingErrorAction.REPORT)
                                    .onUnmappableCharacter(CodingErrorAction.REPORT));
            return new CsvText(
                    new BufferedReader(reader, 1 << 16), separator, header > text ? 1 : 0);
        } catch (FeedRefused | IOException e) {
            in.close();
            throw e;
        }
    }

    /// Where the line after Excel's `sep=;` begins, quoted or not; `from` if there is no such line.
    private static int afterSeparatorHint(byte[] start, int from) {
        int end = from;
        while (end < start.length && start[end] != '\n' && start[end] != '\r') {
            end++;
        }
        String line = new String(start, from, end - from, StandardCharsets.ISO_8859_1);
        boolean hint = line.matches("(?i)\"?sep=[^\"A-Za-z0-9]\"?[,;\t|]*");
        if (!hint || end == start.length) {
            return from;
        }
        return start[end] == '\r' && end + 1 < start.length && start[end + 1] == '\n'
                ? end + 2
                : end + 1;
    }

    private static char hint(byte[] start, int from) {
        int sign = from;
        while (start[sign] != '=') {
            sign++;
        }
        return (char) start[sign + 1];
    }

    /// The one that the first line with text has most of.
    private static char separatorIn(byte[] start, int from) {
        int[] counts = new int[SEPARATORS.length()];
        boolean inLine = false;
        boolean quoted = false;
        for (int i = from; i < start.length; i++) {
            byte octet = start[i];
            boolean lineEnd = octet == '\n' || octet == '\r';
            if (lineEnd && inLine) {
                break;
            }
            inLine |= !lineEnd;
            quoted ^= octet == '"';
            int which = quoted ? -1 : SEPARATORS.indexOf(octet);
            if (which >= 0) {
                counts[which]++;
            }
        }
        int most = 0;
        for (int i = 1; i < counts.length; i++) {
            most = counts[i] > counts[most] ? i : most;
        }
        return SEPARATORS.charAt(most);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
