package org.precertocsp.responder.intake.crl;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.precertocsp.der.DerHeader;
import org.precertocsp.der.DerTag;

/// Recognises by the first bytes a file that is no CRL, and names the remedy.
final class NotCrl {
    private static final byte[] UTF_8_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final int MIN_BASE64 = 24;
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=\\s]*");
    private static final Pattern PRINTABLE_LABEL = Pattern.compile("[A-Z0-9 #.]{1,40}");

    private NotCrl() {}

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
        if (lower.startsWith("dn:") || lower.startsWith("version: 1") || lower.contains("\ndn:")) {
            return Optional.of("LDIF: load the base64 behind certificateRevocationList;binary::");
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

    /// Version 0, then a name, which has a SET in it; in a CRL an algorithm follows.
    private static boolean isRequest(byte[] head, int inside) {
        OptionalInt part = DerHeader.contentStart(head, inside + 3);
        return part.isPresent()
                && head[inside] == DerTag.INTEGER
                && head[inside + 2] == 0
                && head[part.getAsInt()] == DerTag.SET;
    }

    /// Where Base64 without armour begins, or −1 if the text is none, or not of a structure.
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

    private static boolean starts(byte[] head, int... octets) {
        if (head.length < octets.length) {
            return false;
        }
        for (int i = 0; i < octets.length; i++) {
            if ((head[i] & 0xff) != octets[i]) {
                return false;
            }
        }
        return true;
    }
}
