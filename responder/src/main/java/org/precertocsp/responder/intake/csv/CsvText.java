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

/// The text of a CSV file without its byte order mark, and the separator its header uses.
record CsvText(Reader reader, char separator) implements Closeable {
    private static final int LOOK_AHEAD = 1 << 14;
    private static final int MARK_LENGTH = 3;

    static CsvText open(FeedFile file) throws FeedRefused, IOException {
        InputStream in = ProgressStream.open(file);
        try {
            byte[] start = in.readNBytes(LOOK_AHEAD);
            forbidUtf16(start);
            int skip = hasByteOrderMark(start) ? MARK_LENGTH : 0;
            InputStream whole =
                    new SequenceInputStream(
                            new ByteArrayInputStream(start, skip, start.length - skip), in);
            Reader reader =
                    new InputStreamReader(
                            whole,
                            StandardCharsets.UTF_8
                                    .newDecoder()
                                    .onMalformedInput(CodingErrorAction.REPORT)
                                    .onUnmappableCharacter(CodingErrorAction.REPORT));
            return new CsvText(new BufferedReader(reader, 1 << 16), separatorIn(start));
        } catch (FeedRefused | IOException e) {
            in.close();
            throw e;
        }
    }

    private static void forbidUtf16(byte[] start) throws FeedRefused {
        if (start.length >= 2
                && ((start[0] == (byte) 0xff && start[1] == (byte) 0xfe)
                        || (start[0] == (byte) 0xfe && start[1] == (byte) 0xff))) {
            throw new FeedRefused("the file is UTF-16: save it as CSV UTF-8");
        }
    }

    private static boolean hasByteOrderMark(byte[] start) {
        return start.length >= MARK_LENGTH
                && start[0] == (byte) 0xef
                && start[1] == (byte) 0xbb
                && start[2] == (byte) 0xbf;
    }

    /// The one of comma and semicolon that the first line has more of.
    private static char separatorIn(byte[] start) {
        int commas = 0;
        int semicolons = 0;
        boolean inLine = false;
        for (byte octet : start) {
            if ((octet == '\n' || octet == '\r') && inLine) {
                break;
            }
            inLine |= octet != '\n' && octet != '\r';
            commas += octet == ',' ? 1 : 0;
            semicolons += octet == ';' ? 1 : 0;
        }
        return semicolons > commas ? ';' : ',';
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
