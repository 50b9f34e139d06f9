package org.precertocsp.responder.intake.certificate;

import java.io.IOException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.TextLineReader;

/// PEM as people and tools leave it: text around the blocks, any line ends, headers inside, files
/// joined without a line end between them, or all of it on one line (RFC 7468, read leniently).
final class PemBlocks implements BlockSource {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final String TRUSTED = "TRUSTED CERTIFICATE";
    private static final Set<String> CERTIFICATES =
            Set.of("CERTIFICATE", "X509 CERTIFICATE", TRUSTED);
    private static final Set<String> MESSAGES = Set.of("CMS", "PKCS7", "PKCS #7 SIGNED DATA");
    private static final Pattern PRINTABLE_LABEL = Pattern.compile("[A-Z0-9 #.]{1,40}");
    private static final int MAX_BASE64 = MAX_CERTIFICATE / 3 * 4 + 4;

    private final TextLineReader lines;
    private final StringBuilder body = new StringBuilder();
    private String rest = "";
    private boolean tooLong;
    private long reportedLine;

    PemBlocks(TextLineReader lines) {
        this.lines = lines;
    }

    @Override
    public Optional<Block> next() throws IOException {
        while (true) {
            int begin = rest.indexOf(BEGIN);
            if (begin >= 0) {
                rest = rest.substring(begin + BEGIN.length());
                return Optional.of(block(new Place.Line(lines.number()), takeLabel()));
            }
            if (lines.truncated() && reportedLine != lines.number()) {
                reportedLine = lines.number();
                return Optional.of(
                        new Block.Unusable(
                                new Place.Line(reportedLine),
                                "the line is longer than the %d bytes that are read of one"
                                        .formatted(MAX_LINE)));
            }
            if (!advance()) {
                return Optional.empty();
            }
        }
    }

    private boolean advance() throws IOException {
        String line = lines.next();
        rest = line == null ? "" : line;
        return line != null;
    }

    /// The text up to the closing dashes; dashes that are missing are forgiven.
    private String takeLabel() {
        int dashes = rest.indexOf(DASHES);
        String label = dashes < 0 ? rest : rest.substring(0, dashes);
        boolean unclosed = dashes >= 0 && rest.startsWith(BEGIN, dashes);
        rest = dashes < 0 ? "" : rest.substring(unclosed ? dashes : dashes + DASHES.length());
        return label.strip().replaceFirst("-{1,4}$", "").toUpperCase(Locale.ROOT);
    }

    private Block block(Place place, String label) throws IOException {
        boolean certificate = CERTIFICATES.contains(label);
        boolean wanted = certificate || MESSAGES.contains(label);
        String problem = readBody(label, wanted);
        if (!wanted) {
            return new Block.Unusable(place, NotCertificates.byLabel(printable(label)));
        }
        if (problem != null) {
            return new Block.Unusable(place, problem);
        }
        return decode(place, label, certificate);
    }

    /// Null if the block ended as it should.
    private @Nullable String readBody(String label, boolean wanted) throws IOException {
        body.setLength(0);
        tooLong = false;
        while (true) {
            int end = rest.indexOf(END);
            int begin = rest.indexOf(BEGIN);
            if (end >= 0 && (begin < 0 || end < begin)) {
                keep(rest.substring(0, end), wanted);
                rest = rest.substring(end + END.length());
                return problemAtEnd(label, takeLabel());
            }
            if (begin >= 0) {
                rest = rest.substring(begin);
                return "the block has no END line before the next one begins";
            }
            keep(rest, wanted);
            tooLong |= lines.truncated();
            if (!advance()) {
                return "the file ends inside the block";
            }
        }
    }

    private @Nullable String problemAtEnd(String begun, String ended) {
        if (tooLong) {
            return "longer than the " + MAX_CERTIFICATE + " bytes a certificate may have here";
        }
        return begun.equals(ended) ? null : "the block begins and ends with different labels";
    }

    private void keep(String text, boolean wanted) {
        boolean header = body.isEmpty() && text.indexOf(':') >= 0;
        if (!wanted || header || text.isBlank()) {
            return;
        }
        if (!tooLong) {
            text.chars().filter(c -> !isBlank(c)).forEach(c -> body.append((char) c));
            tooLong = body.length() > MAX_BASE64;
        }
    }

    private static boolean isBlank(int c) {
        return c == ' ' || c == '\t' || c == '\f' || c == 0x0b;
    }

    private Block decode(Place place, String label, boolean certificate) {
        try {
            Octets octets = Octets.of(Base64.getDecoder().decode(body.toString()));
            return certificate
                    ? new Block.Framed(place, cut(label, octets))
                    : new Block.Unusable(place, NotCertificates.byContent(octets));
        } catch (IllegalArgumentException _) {
            String why =
                    body.indexOf("\\n") >= 0
                            ? "the block has '\\n"
                                    + "' where its lines should end, as inside JSON: take the text"
                                    + " out with a JSON tool first"
                            : "the block is not base64";
            return new Block.Unusable(place, why);
        } catch (MalformedDerException e) {
            return new Block.Unusable(place, "the block is no certificate: " + e.getMessage());
        }
    }

    // OpenSSL's trust settings follow the certificate inside the same block.
    private static Octets cut(String label, Octets octets) throws MalformedDerException {
        DerElement element =
                TRUSTED.equals(label) ? DerElement.first(octets) : DerElement.of(octets);
        if (!NotCertificates.mayBeCertificate(element)) {
            throw new MalformedDerException(NotCertificates.byContent(octets));
        }
        return element.encoded();
    }

    // A broken BEGIN line may run on into a key: what does not look like a label is not repeated.
    private static String printable(String label) {
        return PRINTABLE_LABEL.matcher(label).matches() ? label : "";
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
