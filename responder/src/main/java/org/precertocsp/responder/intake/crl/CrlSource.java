package org.precertocsp.responder.intake.crl;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.BerConverter;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerHeader;
import org.precertocsp.der.DerStreamReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedInputStream;
import org.precertocsp.responder.intake.FeedRejectedException;

/// The DER of the single CRL in a file, which can be read repeatedly, whatever its wrapping: PEM,
/// Base64 without armour, gzip, PKCS #7, or BER of indefinite length. Each wrapping is a layer of
/// streams around the file, so a CRL of any length is never held in memory; only BER is, up to
/// [BerConverter#MAX_BYTES].
///
/// A file of another kind is rejected, and the message names that kind.
final class CrlSource {
    /// Maximum decompressed size in bytes.
    static final long MAX_UNPACKED = 1L << 30;

    /// Maximum ratio of content to file size: lists of random serials compress to a half, the most
    /// regular ones to a fiftieth.
    static final int MAX_RATIO = 200;

    private static final long ALWAYS_UNPACKED = 1 << 20;
    private static final int MAX_LAYERS = 4;
    private static final int HEAD = 4096;
    private static final int CONTEXT_0 = DerTag.context(0);
    private static final int CONTEXT_1 = DerTag.context(1);
    private static final ByteString SIGNED_DATA = ByteString.ofHex("06092a864886f70d010702");

    /// A layer, which opens a new stream from the start.
    @FunctionalInterface
    private interface Source {
        InputStream open() throws IOException;
    }

    private final Source source;
    private final CrlMetadata outline;
    private final @Nullable ByteString signedInFile;

    private CrlSource(Source source, CrlMetadata outline, @Nullable ByteString signedInFile) {
        this.source = source;
        this.outline = outline;
        this.signedInFile = signedInFile;
    }

    /// @throws FeedRejectedException it contains no CRL, or more than one
    static CrlSource of(FeedFile file) throws FeedRejectedException, IOException {
        return unwrap(() -> FeedInputStream.open(file), 0);
    }

    private static CrlSource unwrap(Source source, int layer)
            throws FeedRejectedException, IOException {
        byte[] head = head(source);
        if (layer > MAX_LAYERS) {
            throw new FeedRejectedException("wrapped more than %d times".formatted(MAX_LAYERS));
        }
        if (NonCrlDetector.isGzip(head)) {
            return unwrap(() -> new Unpacked(source.open()), layer + 1);
        }
        if (isStructure(source, head)) {
            return SIGNED_DATA.areIn(head) && isMessage(head)
                    ? message(source, layer)
                    : structure(source, head);
        }
        PemBlockFinder.Blocks blocks;
        try (InputStream in = source.open()) {
            blocks = PemBlockFinder.find(in);
        }
        if (blocks.crl() != null) {
            PemBlockFinder body = blocks.crl();
            return structure(base64(source, body.start(), body.end()));
        }
        if (blocks.message() != null) {
            PemBlockFinder body = blocks.message();
            return unwrap(base64(source, body.start(), body.end()), layer + 1);
        }
        if (!blocks.others().isEmpty()) {
            throw new FeedRejectedException(NonCrlDetector.byLabels(blocks.others()));
        }
        int start = NonCrlDetector.startOfBase64(head);
        if (start >= 0) {
            return unwrap(base64(source, start, Long.MAX_VALUE), layer + 1);
        }
        throw new FeedRejectedException(
                NonCrlDetector.byText(head)
                        .map(name -> "not a CRL but " + name)
                        .orElse(
                                "neither DER nor PEM: no CRL begins the file, and no line says"
                                        + " -----BEGIN X509 CRL-----"));
    }

    private static byte[] head(Source source) throws IOException {
        try (InputStream in = source.open()) {
            return in.readNBytes(HEAD);
        }
    }

    /// A text may begin with the same character as a short structure, but then its length does not
    /// match that of the file.
    private static boolean isStructure(Source source, byte[] head) throws IOException {
        if (head.length < 2 || head[0] != DerTag.SEQUENCE) {
            return false;
        }
        if (head[1] < 0) {
            return true;
        }
        int end = 2 + head[1];
        if (head.length < end) {
            return false;
        }
        try (InputStream in = source.open()) {
            in.skipNBytes(end);
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b > ' ' && b != 0x1a) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Source base64(Source text, long start, long end) {
        return () ->
                Base64.getMimeDecoder()
                        .wrap(new BufferedInputStream(slice(text, start, end), 1 << 16));
    }

    private static InputStream slice(Source whole, long start, long end) throws IOException {
        InputStream in = whole.open();
        try {
            in.skipNBytes(start);
        } catch (IOException e) {
            in.close();
            throw e;
        }
        return new Limited(in, end - start);
    }

    private static CrlSource structure(Source source) throws FeedRejectedException, IOException {
        return structure(source, head(source));
    }

    /// Reads the structure once, so that a file that is not a CRL is rejected with its kind.
    private static CrlSource structure(Source source, byte[] head)
            throws FeedRejectedException, IOException {
        try (CrlStream in = new CrlStream(source.open())) {
            return new CrlSource(source, CrlParser.outline(in), null);
        } catch (FeedRejectedException e) {
            Optional<String> name = NonCrlDetector.byStructure(head);
            if (name.isPresent()) {
                throw new FeedRejectedException("not a CRL but " + name.get(), e);
            }
            return fromBer(source, e);
        }
    }

    private static CrlSource fromBer(Source source, FeedRejectedException why)
            throws FeedRejectedException, IOException {
        Optional<byte[]> ber = whole(source);
        if (ber.isEmpty()) {
            throw why;
        }
        byte[] definite;
        ByteString signedInFile;
        try {
            definite = BerConverter.toDefinite(ber.get());
            signedInFile = ByteString.of(BerConverter.firstInside(ber.get()));
        } catch (MalformedDerException e) {
            throw why;
        }
        if (Arrays.equals(definite, ber.get())) {
            throw why;
        }
        Source inMemory = () -> new ByteArrayInputStream(definite);
        try (CrlStream in = new CrlStream(inMemory.open())) {
            return new CrlSource(inMemory, CrlParser.outline(in), signedInFile);
        }
    }

    private static Optional<byte[]> whole(Source source) throws IOException {
        try (InputStream in = source.open()) {
            byte[] all = in.readNBytes(BerConverter.MAX_BYTES + 1);
            return all.length > BerConverter.MAX_BYTES ? Optional.empty() : Optional.of(all);
        }
    }

    /// True if the first element inside is an object identifier.
    private static boolean isMessage(byte[] head) {
        OptionalInt content = DerHeader.contentStart(head, 0);
        return content.isPresent() && head[content.getAsInt()] == DerTag.OBJECT_IDENTIFIER;
    }

    /// The CRL in a PKCS #7 message (RFC 2315 §9.1); the message's own signatures, usually none,
    /// are ignored.
    private static CrlSource message(Source source, int layer)
            throws FeedRejectedException, IOException {
        try (DerStreamReader in = new DerStreamReader(source.open())) {
            DerHeader crl = crlOf(in);
            return structure(() -> slice(source, crl.start(), crl.end()));
        } catch (MalformedDerException e) {
            return unwrap(definiteMessage(source, e), layer + 1);
        }
    }

    private static Source definiteMessage(Source source, MalformedDerException why)
            throws FeedRejectedException, IOException {
        Optional<byte[]> ber = whole(source);
        try {
            byte[] definite = BerConverter.toDefinite(ber.orElseThrow(() -> why));
            if (Arrays.equals(definite, ber.get())) {
                throw why;
            }
            return () -> new ByteArrayInputStream(definite);
        } catch (MalformedDerException e) {
            throw new FeedRejectedException(
                    "a PKCS #7 message that cannot be read: " + e.getMessage(), e);
        }
    }

    private static DerHeader crlOf(DerStreamReader in)
            throws FeedRejectedException, MalformedDerException, IOException {
        Optional<DerHeader> found = Optional.empty();
        int count = 0;
        long end = in.header(DerTag.SEQUENCE, "a message", Long.MAX_VALUE).end();
        in.skipTo(in.header(end).end());
        end = in.header(CONTEXT_0, "content", end).end();
        end = in.header(DerTag.SEQUENCE, "signed data", end).end();
        in.skipTo(in.header(DerTag.INTEGER, "a version", end).end());
        in.skipTo(in.header(DerTag.SET, "digest algorithms", end).end());
        in.skipTo(in.header(DerTag.SEQUENCE, "encapsulated content", end).end());
        DerHeader next = in.header(end);
        if (next.tag() == CONTEXT_0) {
            in.skipTo(next.end());
            next = in.header(end);
        }
        while (next.tag() == CONTEXT_1 && in.position() < next.end()) {
            DerHeader crl = in.header(next.end());
            found = Optional.of(crl);
            count++;
            in.skipTo(crl.end());
        }
        if (count > 1) {
            throw new FeedRejectedException(
                    "the PKCS #7 message holds %d CRLs: load each from a file of its own"
                            .formatted(count));
        }
        return found.orElseThrow(
                () -> new FeedRejectedException("not a CRL but a PKCS #7 message without one"));
    }

    /// Opens a new stream from the start.
    CrlStream open() throws IOException {
        return new CrlStream(source.open());
    }

    CrlMetadata outline() {
        return outline;
    }

    /// The tbsCertList as encoded in the file, if its lengths had to be made definite: some CAs
    /// sign the one form, some the other.
    Optional<ByteString> signedInFile() {
        return Optional.ofNullable(signedInFile);
    }

    /// Ends the stream after a number of bytes.
    private static final class Limited extends FilterInputStream {
        private long left;

        Limited(InputStream in, long left) {
            super(in);
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int count = super.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }

        @Override
        public long skip(long count) throws IOException {
            long skipped = super.skip(Math.min(count, left));
            left -= skipped;
            return skipped;
        }
    }

    /// The decompressed content of a gzip file, within the limits.
    private static final class Unpacked extends FilterInputStream {
        private final Counted packed;
        private long unpacked;

        Unpacked(InputStream in) throws IOException {
            this(new Counted(in));
        }

        private Unpacked(Counted packed) throws IOException {
            super(gunzip(packed));
            this.packed = packed;
        }

        private static InputStream gunzip(Counted packed) throws IOException {
            try {
                return new GZIPInputStream(packed, 1 << 16);
            } catch (IOException e) {
                packed.close();
                throw e;
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            unpacked += Math.max(count, 0);
            if (unpacked > MAX_UNPACKED
                    || unpacked > Math.max(ALWAYS_UNPACKED, MAX_RATIO * packed.bytes)) {
                throw new IOException(
                        "the gzip file unpacks to more than %d MiB or %d times its length"
                                .formatted(MAX_UNPACKED >> 20, MAX_RATIO));
            }
            return count;
        }

        @Override
        public long skip(long count) throws IOException {
            byte[] buffer = new byte[(int) Math.min(count, 1 << 16)];
            return Math.max(read(buffer, 0, buffer.length), 0);
        }
    }

    private static final class Counted extends FilterInputStream {
        private long bytes;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            bytes += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            bytes += Math.max(count, 0);
            return count;
        }
    }

    /// Recognises from the first bytes a file that is not a CRL, and names the remedy.
    static final class NonCrlDetector {
        private static final byte[] UTF_8_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
        private static final int MIN_BASE64 = 24;
        private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=\\s]*");
        private static final Pattern PRINTABLE_LABEL = Pattern.compile("[A-Z0-9 #.]{1,40}");

        private NonCrlDetector() {}

        static boolean isGzip(byte[] head) {
            return head.length > 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
        }

        static Optional<String> byText(byte[] head) {
            if (head.length == 0) {
                return Optional.of("an empty file");
            }
            if (starts(head, 'P', 'K', 3, 4)) {
                return Optional.of("a ZIP archive: unpack it first");
            }
            if (starts(head, 'B', 'Z', 'h')
                    || starts(head, 0xfd, '7', 'z', 'X', 'Z')
                    || starts(head, 0x28, 0xb5, 0x2f, 0xfd)
                    || starts(head, '7', 'z', 0xbc, 0xaf)) {
                return Optional.of("a compressed file (bzip2, xz, zstd or 7z): unpack it first");
            }
            if (starts(head, 0xff, 0xfe) || starts(head, 0xfe, 0xff)) {
                return Optional.of("text in UTF-16: save it as ASCII or UTF-8");
            }
            String text = text(head);
            String lower = text.toLowerCase(Locale.ROOT);
            if (text.startsWith("<")) {
                return Optional.of(
                        lower.contains("<html") || lower.startsWith("<!doctype html")
                                ? "a page of HTML, perhaps an error of the server it came from"
                                : "XML");
            }
            if (text.startsWith("{") || text.startsWith("[")) {
                return Optional.of(
                        "JSON, as Vault's API gives: load the value of its CRL field, or fetch"
                                + " …/crl/pem instead");
            }
            if (lower.startsWith("dn:")
                    || lower.startsWith("version: 1")
                    || lower.contains("\ndn:")) {
                return Optional.of(
                        "LDIF: load the base64 behind certificateRevocationList;binary::");
            }
            return Optional.empty();
        }

        /// @param labels of PEM blocks, none of them a CRL
        static String byLabels(Set<String> labels) {
            if (labels.stream().anyMatch(label -> label.contains("PRIVATE KEY"))) {
                return "not a CRL but a private key: it was not read; keep keys out of feeds";
            }
            if (labels.stream().anyMatch(label -> label.endsWith("CERTIFICATE"))) {
                return "not a CRL but a certificate: `load certificates` reads it";
            }
            return "not a CRL but "
                    + labels.stream()
                            .filter(label -> PRINTABLE_LABEL.matcher(label).matches())
                            .findFirst()
                            .orElse("a PEM block with an odd label");
        }

        /// @param head of a DER or BER SEQUENCE
        static Optional<String> byStructure(byte[] head) {
            OptionalInt content = DerHeader.contentStart(head, 0);
            if (content.isEmpty()) {
                return Optional.empty();
            }
            int at = content.getAsInt();
            return switch (head[at]) {
                case DerTag.ENUMERATED -> Optional.of("an OCSP response");
                case DerTag.INTEGER ->
                        Optional.of(
                                at + 2 < head.length && head[at + 2] == 3
                                        ? "a PKCS #12 file: export what is needed first"
                                        : "a private key: it was not read; keep keys out of feeds");
                case DerTag.SEQUENCE -> byFirstPart(head, DerHeader.contentStart(head, at));
                default -> Optional.empty();
            };
        }

        private static Optional<String> byFirstPart(byte[] head, OptionalInt at) {
            if (at.isPresent() && (head[at.getAsInt()] & 0xff) == DerTag.context(0)) {
                return Optional.of("a certificate: `load certificates` reads it");
            }
            return at.isPresent() && isRequest(head, at.getAsInt())
                    ? Optional.of("a certificate request")
                    : Optional.empty();
        }

        /// Version 0, then a name, which contains a SET; in a CRL an algorithm follows.
        private static boolean isRequest(byte[] head, int inside) {
            OptionalInt part = DerHeader.contentStart(head, inside + 3);
            return part.isPresent()
                    && head[inside] == DerTag.INTEGER
                    && head[inside + 2] == 0
                    && head[part.getAsInt()] == DerTag.SET;
        }

        /// The start of Base64 without armour, or −1 if the text is none, or not of a structure.
        static int startOfBase64(byte[] head) {
            int start = 0;
            if (Arrays.equals(head, 0, Math.min(3, head.length), UTF_8_MARK, 0, 3)) {
                start = 3;
            }
            String text = new String(head, start, head.length - start, StandardCharsets.ISO_8859_1);
            String stripped = text.strip();
            // A SEQUENCE begins with M in Base64, and gzip with H4sI.
            boolean begins = stripped.startsWith("M") || stripped.startsWith("H4sI");
            return begins && stripped.length() >= MIN_BASE64 && BASE64.matcher(text).matches()
                    ? start
                    : -1;
        }

        private static String text(byte[] head) {
            String text = new String(head, StandardCharsets.UTF_8);
            return (text.startsWith("\ufeff") ? text.substring(1) : text).strip();
        }

        private static boolean starts(byte[] head, int... bytes) {
            if (head.length < bytes.length) {
                return false;
            }
            for (int i = 0; i < bytes.length; i++) {
                if ((head[i] & 0xff) != bytes[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
