package org.precertocsp.responder.intake.crl;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.intake.FeedRejectedException;

/// The position of the Base64 of one PEM block (RFC 7468 §4), with any text around it.
///
/// @param start of the first line after BEGIN, in bytes of the file
/// @param end of the last line before END
record PemBlockFinder(long start, long end) {
    private static final int LINE_KEPT = 64;
    private static final int LABELS_KEPT = 5;
    private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";
    private static final Set<String> CRLS = Set.of("X509 CRL", "CRL");
    private static final Set<String> MESSAGES = Set.of("PKCS7", "CMS", "PKCS #7 SIGNED DATA");

    /// The PEM blocks of a file.
    ///
    /// @param crl the single CRL
    /// @param message a PKCS #7 message, which may contain one
    /// @param others labels of other blocks
    record Blocks(
            @Nullable PemBlockFinder crl, @Nullable PemBlockFinder message, Set<String> others) {}

    /// Finds blocks. Lines may end in CR, LF or both and have any length.
    ///
    /// @throws FeedRejectedException there are several CRLs or messages, or one has no end
    static Blocks find(InputStream file) throws FeedRejectedException, IOException {
        return new Scan(new BufferedInputStream(file, 1 << 16)).run();
    }

    /// One pass over the file, line by line; only the beginnings of lines are kept.
    private static final class Scan {
        private final InputStream in;
        private final byte[] line = new byte[LINE_KEPT];
        private final Set<String> others = new TreeSet<>();
        private int length;
        private long position;
        private long lineStart;
        private long bodyStart = -1;
        private boolean inMessage;
        private boolean inHeaders;
        private @Nullable PemBlockFinder crl;
        private @Nullable PemBlockFinder message;

        Scan(InputStream in) {
            this.in = in;
        }

        Blocks run() throws FeedRejectedException, IOException {
            int before = -1;
            for (int b = in.read(); b >= 0; b = in.read()) {
                position++;
                if (b == '\n' && before == '\r') {
                    bodyStart = bodyStart == lineStart ? position : bodyStart;
                    lineStart = position;
                } else if (b == '\n' || b == '\r') {
                    endLine();
                    lineStart = position;
                    length = 0;
                } else if (length < LINE_KEPT) {
                    line[length++] = (byte) b;
                }
                before = b;
            }
            endLine();
            if (bodyStart >= 0) {
                throw new FeedRejectedException(
                        "the PEM block of the CRL has no -----END line: cut short?");
            }
            return new Blocks(crl, message, others);
        }

        private void endLine() throws FeedRejectedException {
            if (bodyStart == lineStart && isHeader()) {
                bodyStart = position;
                inHeaders = length > 0;
                return;
            }
            if (length == 0 || !mayBeBoundary()) {
                return;
            }
            String text = text();
            if (text.startsWith("-----BEGIN ") && text.endsWith("-----")) {
                begin(label(text, "-----BEGIN "));
            } else if (text.startsWith("-----END ") && bodyStart >= 0) {
                end(label(text, "-----END "));
            }
        }

        /// A line of the headers that some tools write before the Base64 (RFC 1421 §4.4): with a
        /// colon, or indented after one that has it, or empty.
        private boolean isHeader() {
            String text = text();
            return text.indexOf(':') > 0 || text.isEmpty() || (inHeaders && isIndented());
        }

        private boolean isIndented() {
            return line[0] == ' ' || line[0] == '\t';
        }

        private static String label(String text, String prefix) {
            String rest = text.substring(prefix.length());
            return rest.endsWith("-----") ? rest.substring(0, rest.length() - 5) : rest;
        }

        private void begin(String label) throws FeedRejectedException {
            boolean isCrl = CRLS.contains(label);
            if (!isCrl && !MESSAGES.contains(label)) {
                if (others.size() < LABELS_KEPT) {
                    others.add(label);
                }
                return;
            }
            if (bodyStart >= 0 || (isCrl ? crl : message) != null) {
                throw new FeedRejectedException(
                        "the file holds more than one CRL: load each from a file of its own");
            }
            inMessage = !isCrl;
            inHeaders = false;
            bodyStart = position;
        }

        private void end(String label) {
            if (inMessage && MESSAGES.contains(label)) {
                message = new PemBlockFinder(bodyStart, lineStart);
                bodyStart = -1;
            } else if (!inMessage && CRLS.contains(label)) {
                crl = new PemBlockFinder(bodyStart, lineStart);
                bodyStart = -1;
            }
        }

        private boolean mayBeBoundary() {
            return line[0] == '-' || isIndented() || line[0] < 0;
        }

        private String text() {
            String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
            return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(3) : text).strip();
        }
    }
}
