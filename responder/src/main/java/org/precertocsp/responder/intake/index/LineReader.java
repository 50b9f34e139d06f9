package org.precertocsp.responder.intake.index;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.precertocsp.responder.intake.Place;

/// Splits a file into lines, octet for character, holding no more of one than a limit. Lines end in
/// LF, CR LF or CR.
final class LineReader {
    /// In octets; OpenSSL itself writes far shorter ones.
    static final int MAX_LINE = 1 << 16;

    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private long number = 1;
    private boolean tooLong;
    private boolean afterReturn;

    LineReader(InputStream in) {
        this.in = in;
    }

    void forEach(IndexFeed.Lines lines) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            int start = 0;
            for (int i = 0; i < count; i++) {
                boolean secondOfTwo = buffer[i] == '\n' && afterReturn;
                afterReturn = buffer[i] == '\r';
                if (secondOfTwo) {
                    start = i + 1;
                } else if (buffer[i] == '\n' || afterReturn) {
                    append(buffer, start, i);
                    end(lines);
                    start = i + 1;
                }
            }
            append(buffer, start, count);
        }
        end(lines);
    }

    private void append(byte[] buffer, int start, int end) {
        int room = MAX_LINE - line.size();
        if (end - start > room) {
            tooLong = true;
        }
        line.write(buffer, start, Math.min(room, end - start));
    }

    private void end(IndexFeed.Lines lines) {
        Place.Line place = new Place.Line(number++);
        String text = line.toString(StandardCharsets.ISO_8859_1);
        if (tooLong) {
            lines.tooLong(place, text);
        } else {
            if (!text.isBlank()) {
                lines.line(place, text);
            }
        }
        line.reset();
        tooLong = false;
    }
}
