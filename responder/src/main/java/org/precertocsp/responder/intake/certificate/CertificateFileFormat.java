package org.precertocsp.responder.intake.certificate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerHeader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedInputStream;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.TextLineReader;

/// Detects from a file's first bytes how its certificates are encoded.
final class CertificateFileFormat {
    static final String EXPECTED =
            "expected certificates or precertificates as DER, PEM or bare base64";

    private static final int HEAD = 256;

    /// Maximum size in bytes of a DER file that is read into memory.
    private static final long MAX_IN_MEMORY = 32 << 20;

    // DER of 128 bytes and more begins 30 81 … 30 84, in base64 `MI`; text around PEM does not fill
    // its first line with base64.
    private static final Pattern BARE_BASE64 =
            Pattern.compile(
                    "\\s*MI[A-Za-z0-9+/]{30,}={0,2}\\s.*|\\s*MI[A-Za-z0-9+/]{60,}.*",
                    Pattern.DOTALL);

    private static final Pattern JSON = Pattern.compile("\\{\\s*[\"}]|\\[\\s*[\\[{\"]");
    private static final Pattern LDIF =
            Pattern.compile("(version: *1|dn::? *\\S)", Pattern.CASE_INSENSITIVE);

    /// @throws FeedRejectedException the file cannot contain certificates; the message says what it
    ///   seems to be
    static CertificateReader open(Path file, ProgressListener progress, FeedFile.ReadCheck check)
            throws IOException, FeedRejectedException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD);
        }
        refuseForeign(head);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (isDer(head) || isBinary(text)) {
            return new DerCertificateReader(window(file, progress, check));
        }
        TextLineReader lines =
                new TextLineReader(
                        FeedInputStream.open(file, progress, check), CertificateReader.MAX_LINE);
        return BARE_BASE64.matcher(text).matches()
                ? new Base64CertificateReader(lines)
                : new PemCertificateReader(lines);
    }

    /// The search for the next certificate moves back and forth. Files of usual size are read into
    /// memory once and checked; in larger ones a change is detected by size and time only.
    private static PagedFileReader window(
            Path file, ProgressListener progress, FeedFile.ReadCheck check) throws IOException {
        if (Files.size(file) > MAX_IN_MEMORY) {
            return PagedFileReader.over(FileChannel.open(file, StandardOpenOption.READ), progress);
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (InputStream in = FeedInputStream.open(file, _ -> {}, check)) {
            in.transferTo(content);
        }
        return PagedFileReader.over(content.toByteArray(), progress);
    }

    private static boolean isDer(byte[] head) {
        return head.length > 1 && head[0] == DerTag.SEQUENCE && head[1] < 0;
    }

    // It may be DER whose beginning is damaged: the certificates after it still count.
    private static boolean isBinary(String head) {
        return !head.contains("-----BEGIN ") && head.chars().anyMatch(c -> c < '\t');
    }

    private static void refuseForeign(byte[] head) throws FeedRejectedException {
        if (head.length == 0) {
            throw new FeedRejectedException("the file is empty; " + EXPECTED);
        }
        if (begins(head, 0xff, 0xfe) || begins(head, 0xfe, 0xff)) {
            throw new FeedRejectedException("the file is UTF-16 text; save it as UTF-8 or ASCII");
        }
        if (begins(head, 0x1f, 0x8b) || begins(head, 'P', 'K')) {
            throw new FeedRejectedException("the file is compressed; unpack it first");
        }
        String text = new String(head, StandardCharsets.UTF_8).replaceFirst("^\\ufeff", "").strip();
        if (JSON.matcher(text).lookingAt()) {
            throw new FeedRejectedException(
                    "the file is JSON; take the certificate out of it first, as with `jq -r"
                            + " .data.certificate FILE`");
        }
        if (LDIF.matcher(text).lookingAt()) {
            throw new FeedRejectedException(
                    "the file is LDIF; write the base64 behind userCertificate;binary:: into a file"
                            + " of its own first");
        }
        if (text.startsWith("<")) {
            throw new FeedRejectedException(
                    "the file is HTML or XML, perhaps an error page that was saved in place of it");
        }
    }

    private static boolean begins(byte[] head, int first, int second) {
        return head.length > 1 && (head[0] & 0xff) == first && (head[1] & 0xff) == second;
    }

    private CertificateFileFormat() {}

    /// DER certificates one after the other. If one is damaged, reading continues at the next
    /// position with the structure of a certificate: a sequence of two sequences and a BIT STRING.
    static final class DerCertificateReader implements CertificateReader {
        private static final int HEAD = 256;
        private static final long NONE = -1;

        private final PagedFileReader file;
        private long position;

        DerCertificateReader(PagedFileReader file) {
            this.file = file;
        }

        @Override
        public Optional<CertificateBlock> next() throws IOException {
            skipFiller();
            if (position >= file.size()) {
                return Optional.empty();
            }
            long start = position;
            long end = endOfCertificate(start);
            if (end != NONE) {
                position = end;
                file.moveTo(end);
                ByteString der = ByteString.of(file.copy(start, (int) (end - start)));
                return Optional.of(
                        new CertificateBlock.Framed(new SourceLocation.Offset(start), der));
            }
            String why = reason(start);
            passOver(start);
            return Optional.of(
                    new CertificateBlock.Unusable(new SourceLocation.Offset(start), why));
        }

        // Line ends and zeros between certificates come from tools that write in blocks.
        private void skipFiller() throws IOException {
            file.moveTo(position);
            int b = file.at(position);
            while (b == 0 || b == '\n' || b == '\r') {
                position++;
                file.moveTo(position);
                b = file.at(position);
            }
        }

        private String reason(long start) throws IOException {
            int length = (int) Math.min(HEAD, file.size() - start);
            long end = end(start, DerTag.SEQUENCE, Long.MAX_VALUE);
            if (end > file.size()) {
                return "the file ends inside what may be a certificate";
            }
            return NonCertificateDetector.byContent(ByteString.of(file.copy(start, length)));
        }

        private void passOver(long start) throws IOException {
            long end = end(start, DerTag.SEQUENCE, file.size());
            if (end != NONE && (end == file.size() || endOfCertificate(end) != NONE)) {
                position = end;
                return;
            }
            position = start + 1;
            while (position < file.size() && endOfCertificate(position) == NONE) {
                position++;
                file.moveTo(position);
            }
        }

        /// The end of the certificate that begins here, or NONE.
        private long endOfCertificate(long start) throws IOException {
            long end = end(start, DerTag.SEQUENCE, file.size());
            if (end == NONE || end - start > MAX_CERTIFICATE) {
                return NONE;
            }
            long content = start + header(start).orElseThrow().content();
            long tbsEnd = end(content, DerTag.SEQUENCE, end);
            long algorithmEnd = tbsEnd == NONE ? NONE : end(tbsEnd, DerTag.SEQUENCE, end);
            long signatureEnd =
                    algorithmEnd == NONE ? NONE : end(algorithmEnd, DerTag.BIT_STRING, end);
            return signatureEnd == end ? end : NONE;
        }

        /// The end of an element with that tag, or NONE if there is none or it exceeds the limit.
        private long end(long start, int tag, long limit) throws IOException {
            if (file.at(start) != tag) {
                return NONE;
            }
            Optional<DerHeader> header = header(start);
            return header.isPresent() && start + header.get().end() <= limit
                    ? start + header.get().end()
                    : NONE;
        }

        private Optional<DerHeader> header(long start) throws IOException {
            byte[] head = new byte[(int) Math.min(DerHeader.MAX_BYTES, file.size() - start)];
            for (int i = 0; i < head.length; i++) {
                head[i] = (byte) file.at(start + i);
            }
            return DerHeader.peek(head, 0);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /// Base64 of DER without armour: one certificate per line, or wrapped, one after the other.
    /// Each one's DER length determines its end.
    static final class Base64CertificateReader implements CertificateReader {
        private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*={0,2}");

        /// The first characters of DER of 128 bytes and more.
        private static final String START = "MI";

        /// Base64 characters that encode a tag and the longest possible length.
        private static final int HEADER_CHARACTERS = 8;

        private final TextLineReader lines;
        private final StringBuilder pending = new StringBuilder();
        private long firstLine;
        private boolean lost;

        Base64CertificateReader(TextLineReader lines) {
            this.lines = lines;
        }

        @Override
        public Optional<CertificateBlock> next() throws IOException {
            while (true) {
                String line = lines.next();
                if (line == null) {
                    return pending.isEmpty()
                            ? Optional.empty()
                            : Optional.of(abandon("the file ends inside the certificate"));
                }
                CertificateBlock block = take(line.strip());
                if (block != null) {
                    return Optional.of(block);
                }
            }
        }

        /// Null while no certificate is complete.
        private @Nullable CertificateBlock take(String text) {
            if (pending.isEmpty()) {
                if (text.isEmpty() || (lost && !text.startsWith(START))) {
                    return null;
                }
                firstLine = lines.number();
                lost = false;
            }
            if (!BASE64.matcher(text).matches() || lines.truncated()) {
                return abandon("line " + lines.number() + " is not base64");
            }
            pending.append(text);
            return pending.length() < HEADER_CHARACTERS ? null : measure();
        }

        private @Nullable CertificateBlock measure() {
            int padding = pending.indexOf("=");
            if (padding >= 0 && padding < HEADER_CHARACTERS) {
                return abandon("the base64 is broken");
            }
            long wanted = expectedCharacters();
            int have = padding < 0 ? pending.length() : padding;
            if (wanted == 0) {
                return abandon("what line " + firstLine + " begins is not a certificate");
            }
            if (have > wanted) {
                return abandon("more base64 than the certificate is long");
            }
            if (have < wanted) {
                return padding < 0 ? null : abandon("less base64 than the certificate is long");
            }
            return complete();
        }

        /// Number of base64 characters of the certificate, without padding; 0 if this is not one.
        private long expectedCharacters() {
            byte[] head = Base64.getDecoder().decode(pending.substring(0, HEADER_CHARACTERS));
            Optional<DerHeader> header = DerHeader.peek(head, 0);
            if (header.isEmpty() || header.get().tag() != DerTag.SEQUENCE) {
                return 0;
            }
            long bytes = header.get().end();
            return bytes > MAX_CERTIFICATE ? 0 : (bytes * 8 + 5) / 6;
        }

        private CertificateBlock complete() {
            try {
                ByteString der = ByteString.of(Base64.getDecoder().decode(pending.toString()));
                if (!NonCertificateDetector.mayBeCertificate(DerElement.of(der))) {
                    return abandon(NonCertificateDetector.byContent(der));
                }
                pending.setLength(0);
                return new CertificateBlock.Framed(new SourceLocation.Line(firstLine), der);
            } catch (IllegalArgumentException | MalformedDerException _) {
                return abandon("the base64 is broken");
            }
        }

        // The next lines may be the rest of the damaged one: skipped until one begins like DER.
        private CertificateBlock abandon(String why) {
            pending.setLength(0);
            lost = true;
            return new CertificateBlock.Unusable(new SourceLocation.Line(firstLine), why);
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    /// PEM as people and tools write it: text around the blocks, any line ends, headers inside,
    /// files joined without a line end between them, or all of it on one line (RFC 7468, parsed
    /// leniently).
    static final class PemCertificateReader implements CertificateReader {
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

        PemCertificateReader(TextLineReader lines) {
            this.lines = lines;
        }

        @Override
        public Optional<CertificateBlock> next() throws IOException {
            while (true) {
                int begin = rest.indexOf(BEGIN);
                if (begin >= 0) {
                    rest = rest.substring(begin + BEGIN.length());
                    return Optional.of(block(new SourceLocation.Line(lines.number()), takeLabel()));
                }
                if (lines.truncated() && reportedLine != lines.number()) {
                    reportedLine = lines.number();
                    return Optional.of(
                            new CertificateBlock.Unusable(
                                    new SourceLocation.Line(reportedLine),
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

        /// The text up to the closing dashes; missing dashes are tolerated.
        private String takeLabel() {
            int dashes = rest.indexOf(DASHES);
            String label = dashes < 0 ? rest : rest.substring(0, dashes);
            boolean unclosed = dashes >= 0 && rest.startsWith(BEGIN, dashes);
            rest = dashes < 0 ? "" : rest.substring(unclosed ? dashes : dashes + DASHES.length());
            return label.strip().replaceFirst("-{1,4}$", "").toUpperCase(Locale.ROOT);
        }

        private CertificateBlock block(SourceLocation place, String label) throws IOException {
            boolean certificate = CERTIFICATES.contains(label);
            boolean wanted = certificate || MESSAGES.contains(label);
            String problem = readBody(label, wanted);
            if (!wanted) {
                return new CertificateBlock.Unusable(
                        place, NonCertificateDetector.byLabel(printable(label)));
            }
            if (problem != null) {
                return new CertificateBlock.Unusable(place, problem);
            }
            return decode(place, label, certificate);
        }

        /// Null if the block ended correctly.
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

        private CertificateBlock decode(SourceLocation place, String label, boolean certificate) {
            try {
                ByteString der = ByteString.of(Base64.getDecoder().decode(body.toString()));
                return certificate
                        ? new CertificateBlock.Framed(place, cut(label, der))
                        : new CertificateBlock.Unusable(
                                place, NonCertificateDetector.byContent(der));
            } catch (IllegalArgumentException _) {
                String why =
                        body.indexOf("\\n") >= 0
                                ? "the block has '\\n"
                                        + "' where its lines should end, as inside JSON: take the text"
                                        + " out with a JSON tool first"
                                : "the block is not base64";
                return new CertificateBlock.Unusable(place, why);
            } catch (MalformedDerException e) {
                return new CertificateBlock.Unusable(
                        place, "the block is not a certificate: " + e.getMessage());
            }
        }

        // OpenSSL's trust settings follow the certificate inside the same block.
        private static ByteString cut(String label, ByteString der) throws MalformedDerException {
            DerElement element = TRUSTED.equals(label) ? DerElement.first(der) : DerElement.of(der);
            if (!NonCertificateDetector.mayBeCertificate(element)) {
                throw new MalformedDerException(NonCertificateDetector.byContent(der));
            }
            return element.encoded();
        }

        // A damaged BEGIN line may be joined to a key: text that does not look like a label is not
        // included in messages.
        private static String printable(String label) {
            return PRINTABLE_LABEL.matcher(label).matches() ? label : "";
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    /// Recognises content that is not a certificate, and names the remedy.
    static final class NonCertificateDetector {
        private static final ByteString SIGNED_DATA = ByteString.ofHex("06092a864886f70d010702");
        private static final ByteString PKCS7_DATA = ByteString.ofHex("06092a864886f70d010701");

        /// id-ct-precertificate of RFC 9162 §3.2, 1.3.101.78.
        private static final ByteString PRECERTIFICATE_V2 = ByteString.ofHex("06032b654e");

        private static final String CMS_PRECERTIFICATE =
                "an RFC 9162 precertificate (CMS): only those of RFC 6962 are read (CT-18)";
        private static final String PKCS7 =
                "a PKCS #7 message: extract its certificates first, with `openssl pkcs7 -print_certs`";
        private static final String UNKNOWN = "neither a certificate nor anything known";

        /// Number of bytes of a structure that are examined to name it.
        private static final int HEAD = 256;

        /// @param label of a PEM block, empty if it must not appear in messages
        static String byLabel(String label) {
            if (label.contains("PRIVATE KEY")) {
                return "a private key: it was not read; keep keys out of feeds";
            }
            return switch (label) {
                case "" -> "a block whose BEGIN line is broken";
                case "X509 CRL" -> "a CRL: `load crl` reads it";
                case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
                        "a certificate request: no serial is assigned by it";
                default -> "not a certificate but " + label;
            };
        }

        /// @param head the beginning of a DER or BER structure
        static String byContent(ByteString head) {
            byte[] bytes = Arrays.copyOf(head.toArray(), Math.min(HEAD, head.length()));
            if (PRECERTIFICATE_V2.areIn(bytes) && SIGNED_DATA.areIn(bytes)) {
                return CMS_PRECERTIFICATE;
            }
            if (SIGNED_DATA.areIn(bytes)) {
                return PKCS7;
            }
            if (PKCS7_DATA.areIn(bytes)) {
                return "a PKCS #12 file: export its certificates first";
            }
            return UNKNOWN;
        }

        /// A certificate's first part is a sequence; keys, CMS and PKCS #12 begin with something
        /// else.
        static boolean mayBeCertificate(DerElement element) {
            return element.is(DerTag.SEQUENCE)
                    && element.contentLength() > 0
                    && element.contentAt(0) == DerTag.SEQUENCE;
        }

        private NonCertificateDetector() {}
    }
}
