package org.precertocsp.responder.ctlog;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;

/// Parses and verifies the checkpoint of a static-ct-api log: a signed note with the signature of
/// an RFC 6962 tree head (CT-14).
public final class CheckpointParser {
    /// Maximum length; signatures of witnesses may be long.
    public static final int MAX_BYTES = 1 << 20;

    private static final String SIGNATURE = "— ";
    private static final int RFC6962_NOTE = 0x05;
    private static final int KEY_ID_BYTES = 4;
    private static final int TIMESTAMP_BYTES = 8;

    private CheckpointParser() {}

    /// @param origin the log's submission prefix without scheme and final slash; if unknown, the
    ///   note's own, which no signature covers anyway
    /// @throws UntrustedTreeHeadException not a checkpoint, or not signed by the log's key
    public static LogTreeHead read(byte[] bytes, Optional<String> origin, LogPublicKey key)
            throws UntrustedTreeHeadException {
        String note = text(bytes);
        int blank = note.lastIndexOf("\n\n");
        if (blank < 0 || !note.endsWith("\n")) {
            throw new UntrustedTreeHeadException("the checkpoint is not a signed note");
        }
        List<String> lines = note.substring(0, blank).lines().toList();
        if (lines.size() != 3) {
            throw new UntrustedTreeHeadException(
                    "the checkpoint has %d lines instead of 3".formatted(lines.size()));
        }
        String named = lines.getFirst();
        if (origin.isPresent() && !origin.get().equals(named)) {
            throw new UntrustedTreeHeadException(
                    "the checkpoint is of %s, not of %s".formatted(printable(named), origin.get()));
        }
        ByteString signature = signature(note.substring(blank + 2), named, key);
        byte[] body = signature.toArray();
        if (body.length < TIMESTAMP_BYTES) {
            throw new UntrustedTreeHeadException("the checkpoint's signature is truncated");
        }
        LogTreeHead head =
                LogTreeHead.of(
                        size(lines.get(1)), root(lines.get(2)), ByteBuffer.wrap(body).getLong());
        key.verify(head, ByteString.of(body, TIMESTAMP_BYTES, body.length - TIMESTAMP_BYTES));
        return head;
    }

    private static String text(byte[] bytes) throws UntrustedTreeHeadException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw new UntrustedTreeHeadException("the checkpoint is not UTF-8");
        }
    }

    /// The signature by the log's key, without the key ID. Signatures of other keys are ignored.
    private static ByteString signature(String lines, String name, LogPublicKey key)
            throws UntrustedTreeHeadException {
        byte[] id = keyId(name, key);
        String prefix = SIGNATURE + name + " ";
        for (String line : lines.lines().toList()) {
            if (line.startsWith(prefix)) {
                byte[] signature = base64(line.substring(prefix.length()));
                if (ByteString.of(id).areAt(signature, 0)) {
                    return ByteString.of(signature, KEY_ID_BYTES, signature.length - KEY_ID_BYTES);
                }
            }
        }
        throw new UntrustedTreeHeadException(
                "the checkpoint of %s is not signed by the log's key (log ID %s)"
                        .formatted(
                                printable(name),
                                Base64.getEncoder().encodeToString(key.id().toArray())));
    }

    /// Identifies the key in a note: the start of a hash over name, kind of signature and log ID.
    static byte[] keyId(String name, LogPublicKey key) {
        ByteArrayOutputStream hashed = new ByteArrayOutputStream();
        hashed.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        hashed.write('\n');
        hashed.write(RFC6962_NOTE);
        hashed.writeBytes(key.id().toArray());
        ByteString hash = HashAlgorithm.SHA256.hash(ByteString.of(hashed.toByteArray()));
        return ByteString.of(hash.toArray(), 0, KEY_ID_BYTES).toArray();
    }

    private static long size(String line) throws UntrustedTreeHeadException {
        if (!line.matches("0|[1-9]\\d{0,17}")) {
            throw new UntrustedTreeHeadException("the checkpoint's second line is not a size");
        }
        return Long.parseLong(line);
    }

    private static ByteString root(String line) throws UntrustedTreeHeadException {
        return ByteString.of(base64(line));
    }

    private static byte[] base64(String text) throws UntrustedTreeHeadException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            throw new UntrustedTreeHeadException("a part of the checkpoint is not base64");
        }
    }

    private static String printable(String name) {
        String safe = name.replaceAll("\\p{Cntrl}", "?");
        return safe.length() <= 200 ? safe : safe.substring(0, 200) + "…";
    }
}
