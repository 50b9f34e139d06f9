package org.precertocsp.responder.intake.crl;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.intake.FeedRefused;

/// Where the Base64 of the one CRL in a PEM file stands (RFC 7468 §4), with any text around it.
///
/// @param start of the first line after BEGIN, in octets of the file
/// @param end of the last line before END
record PemBody(long start, long end) {
    private static final int LINE_KEPT = 64;
    private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

    /// Looks for the block. Lines may end in CR, LF or both and have any length.
    ///
    /// @throws FeedRefused if there are several CRLs or one has no end
    static Optional<PemBody> find(InputStream file) throws FeedRefused, IOException {
        return new Scan(new BufferedInputStream(file, 1 << 16)).run();
    }

    /// One reading of the file, line by line, of which only beginnings are kept.
    private static final class Scan {
        private final InputStream in;
        private final byte[] line = new byte[LINE_KEPT];
        private int length;
        private long position;
        private long lineStart;
        private long bodyStart = -1;
        private @Nullable PemBody found;

        Scan(InputStream in) {
            this.in = in;
        }

        Optional<PemBody> run() throws FeedRefused, IOException {
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                position++;
                if (octet == '\n' || octet == '\r') {
                    endLine();
                    lineStart = position;
                    length = 0;
                } else if (length < LINE_KEPT) {
                    line[length++] = (byte) octet;
                }
            }
            endLine();
            if (bodyStart >= 0) {
                throw new FeedRefused("the PEM block of the CRL has no -----END line: cut short?");
            }
            return Optional.ofNullable(found);
        }

        private void endLine() throws FeedRefused {
            if (length == 0 || !mayBeBoundary()) {
                return;
            }
            String text = text();
            if (isBoundary(text, "BEGIN")) {
                if (found != null || bodyStart >= 0) {
                    throw new FeedRefused(
                            "the file holds more than one CRL: load each from a file of its own");
                }
                bodyStart = position;
            } else if (isBoundary(text, "END") && bodyStart >= 0) {
                found = new PemBody(bodyStart, lineStart);
                bodyStart = -1;
            }
        }

        private boolean mayBeBoundary() {
            return line[0] == '-' || line[0] == ' ' || line[0] == '\t' || line[0] < 0;
        }

        private String text() {
            String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
            return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(3) : text).strip();
        }

        private static boolean isBoundary(String text, String kind) {
            return text.equals("-----" + kind + " X509 CRL-----")
                    || text.equals("-----" + kind + " CRL-----");
        }
    }
}
