package org.precertocsp.responder.intake.certificate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import org.precertocsp.der.DerTag;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.ProgressStream;
import org.precertocsp.responder.intake.ReadProgress;
import org.precertocsp.responder.intake.TextLineReader;

/// Tells by a file's first bytes how its certificates are written.
final class CertificateFile {
    static final String EXPECTED =
            "expected certificates or precertificates as DER, PEM or bare base64";

    private static final int HEAD = 256;

    /// Bytes of a DER file that is read whole.
    private static final long MAX_IN_MEMORY = 32 << 20;

    // DER of 128 bytes and more begins 30 81 … 30 84, in base64 `MI`; text around PEM does not
    // fill its first line with base64.
    private static final Pattern BARE_BASE64 =
            Pattern.compile(
                    "\\s*MI[A-Za-z0-9+/]{30,}={0,2}\\s.*|\\s*MI[A-Za-z0-9+/]{60,}.*",
                    Pattern.DOTALL);

    private static final Pattern JSON = Pattern.compile("\\{\\s*[\"}]|\\[\\s*[\\[{\"]");
    private static final Pattern LDIF =
            Pattern.compile("(version: *1|dn::? *\\S)", Pattern.CASE_INSENSITIVE);

    /// @throws FeedRefused if the file cannot hold certificates, with what it seems to be instead
    static BlockSource open(Path file, ReadProgress progress, FeedFile.ReadCheck check)
            throws IOException, FeedRefused {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD);
        }
        refuseForeign(head);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (isDer(head) || isBinary(text)) {
            return new DerBlocks(window(file, progress, check));
        }
        TextLineReader lines =
                new TextLineReader(
                        ProgressStream.open(file, progress, check), BlockSource.MAX_LINE);
        return BARE_BASE64.matcher(text).matches() ? new Base64Blocks(lines) : new PemBlocks(lines);
    }

    /// Looking for the next certificate goes back and forth. Files of usual size are read into
    /// memory once and checked; of larger ones a change is found by size and time alone.
    private static FileWindow window(Path file, ReadProgress progress, FeedFile.ReadCheck check)
            throws IOException {
        if (Files.size(file) > MAX_IN_MEMORY) {
            return FileWindow.over(FileChannel.open(file, StandardOpenOption.READ), progress);
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (InputStream in = ProgressStream.open(file, _ -> {}, check)) {
            in.transferTo(content);
        }
        return FileWindow.over(content.toByteArray(), progress);
    }

    private static boolean isDer(byte[] head) {
        return head.length > 1 && head[0] == DerTag.SEQUENCE && head[1] < 0;
    }

    // Perhaps DER whose beginning is broken: the certificates behind it still count.
    private static boolean isBinary(String head) {
        return !head.contains("-----BEGIN ") && head.chars().anyMatch(c -> c < '\t');
    }

    private static void refuseForeign(byte[] head) throws FeedRefused {
        if (head.length == 0) {
            throw new FeedRefused("the file is empty; " + EXPECTED);
        }
        if (begins(head, 0xff, 0xfe) || begins(head, 0xfe, 0xff)) {
            throw new FeedRefused("the file is UTF-16 text; save it as UTF-8 or ASCII");
        }
        if (begins(head, 0x1f, 0x8b) || begins(head, 'P', 'K')) {
            throw new FeedRefused("the file is compressed; unpack it first");
        }
        String text = new String(head, StandardCharsets.UTF_8).replaceFirst("^\\ufeff", "").strip();
        if (JSON.matcher(text).lookingAt()) {
            throw new FeedRefused(
                    "the file is JSON; take the certificate out of it first, as with `jq -r"
                            + " .data.certificate FILE`");
        }
        if (LDIF.matcher(text).lookingAt()) {
            throw new FeedRefused(
                    "the file is LDIF; write the base64 behind userCertificate;binary:: into a file"
                            + " of its own first");
        }
        if (text.startsWith("<")) {
            throw new FeedRefused(
                    "the file is HTML or XML, perhaps an error page that was saved in place of it");
        }
    }

    private static boolean begins(byte[] head, int first, int second) {
        return head.length > 1 && (head[0] & 0xff) == first && (head[1] & 0xff) == second;
    }

    private CertificateFile() {}
}
