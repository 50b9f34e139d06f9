package org.precertocsp.responder.intake.ctlog.head;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;

/// Parses and verifies the checkpoint of a static-ct-api log: a signed note with the signature of
/// an RFC 6962 tree head (CT-14).
public final class Checkpoint {
    /// Maximum length; signatures of witnesses may be long.
    public static final int MAX_OCTETS = 1 << 20;

    private static final String SIGNATURE = "— ";
    private static final int RFC6962_NOTE = 0x05;
    private static final int KEY_ID_OCTETS = 4;
    private static final int TIMESTAMP_OCTETS = 8;

    private Checkpoint() {}

    /// @param origin the log's submission prefix without scheme and final slash; if unknown, the
    ///   note's own, which no signature covers anyway
    /// @throws UntrustedHead not a checkpoint, or not signed by the log's key
    public static TreeHead read(byte[] octets, Optional<String> origin, LogKey key)
            throws UntrustedHead {
        String note = text(octets);
        int blank = note.lastIndexOf("\n\n");
        if (blank < 0 || !note.endsWith("\n")) {
            throw new UntrustedHead("the checkpoint is not a signed note");
        }
        List<String> lines = note.substring(0, blank).lines().toList();
        if (lines.size() != 3) {
            throw new UntrustedHead(
                    "the checkpoint has %d lines instead of 3".formatted(lines.size()));
        }
        String named = lines.getFirst();
        if (origin.isPresent() && !origin.get().equals(named)) {
            throw new UntrustedHead(
                    "the checkpoint is of %s, not of %s".formatted(printable(named), origin.get()));
        }
        Octets signature = signature(note.substring(blank + 2), named, key);
        byte[] body = signature.toArray();
        if (body.length < TIMESTAMP_OCTETS) {
            throw new UntrustedHead("the checkpoint's signature is truncated");
        }
        TreeHead head =
                TreeHead.of(
                        size(lines.get(1)), root(lines.get(2)), ByteBuffer.wrap(body).getLong());
        key.verify(head, Octets.of(body, TIMESTAMP_OCTETS, body.length - TIMESTAMP_OCTETS));
        return head;
    }

    private static String text(byte[] octets) throws UntrustedHead {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (CharacterCodingException _) {
            throw new UntrustedHead("the checkpoint is not UTF-8");
        }
    }

    /// The signature by the log's key, without the key ID. Signatures of other keys are ignored.
    private static Octets signature(String lines, String name, LogKey key) throws UntrustedHead {
        byte[] id = keyId(name, key);
        String prefix = SIGNATURE + name + " ";
        for (String line : lines.lines().toList()) {
            if (line.startsWith(prefix)) {
                byte[] signature = base64(line.substring(prefix.length()));
                if (Octets.of(id).areAt(signature, 0)) {
                    return Octets.of(signature, KEY_ID_OCTETS, signature.length - KEY_ID_OCTETS);
                }
            }
        }
        throw new UntrustedHead(
                "the checkpoint of %s is not signed by the log's key (log ID %s)"
                        .formatted(
                                printable(name),
                                Base64.getEncoder().encodeToString(key.id().toArray())));
    }

    /// Identifies the key in a note: the start of a hash over name, kind of signature and log ID.
    static byte[] keyId(String name, LogKey key) {
        ByteArrayOutputStream hashed = new ByteArrayOutputStream();
        hashed.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        hashed.write('\n');
        hashed.write(RFC6962_NOTE);
        hashed.writeBytes(key.id().toArray());
        Octets hash = HashAlgorithm.SHA256.hash(Octets.of(hashed.toByteArray()));
        return Octets.of(hash.toArray(), 0, KEY_ID_OCTETS).toArray();
    }

    private static long size(String line) throws UntrustedHead {
        if (!line.matches("0|[1-9]\\d{0,17}")) {
            throw new UntrustedHead("the checkpoint's second line is not a size");
        }
        return Long.parseLong(line);
    }

    private static Octets root(String line) throws UntrustedHead {
        return Octets.of(base64(line));
    }

    private static byte[] base64(String text) throws UntrustedHead {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            throw new UntrustedHead("a part of the checkpoint is not base64");
        }
    }

    private static String printable(String name) {
        String safe = name.replaceAll("\\p{Cntrl}", "?");
        return safe.length() <= 200 ? safe : safe.substring(0, 200) + "…";
    }
}
