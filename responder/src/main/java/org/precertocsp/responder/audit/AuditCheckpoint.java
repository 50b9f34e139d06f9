package org.precertocsp.responder.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;

/// A log's statement about its tree, in C2SP's tlog-checkpoint form: a note of three lines and a
/// signature under it.
///
/// @param origin names the log
/// @param size number of records
/// @param root of the tree over them (RFC 6962 §2.1)
public record AuditCheckpoint(String origin, long size, ByteString root) {
    private static final String SIGNATURE = "— ";
    private static final int ROOT_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;

    /// The note's text, which is what is signed.
    public String text() {
        return origin + "\n" + size + "\n" + base64(root.toArray()) + "\n";
    }

    /// The note with the log's signature.
    public String signedBy(CheckpointSigner key) {
        CheckpointVerifier verifier = key.verifier(origin);
        byte[] signature = key.sign(text().getBytes(StandardCharsets.UTF_8));
        byte[] both = new byte[CheckpointVerifier.ID_BYTES + signature.length];
        System.arraycopy(verifier.id(), 0, both, 0, CheckpointVerifier.ID_BYTES);
        System.arraycopy(signature, 0, both, CheckpointVerifier.ID_BYTES, signature.length);
        return text() + "\n" + SIGNATURE + origin + " " + base64(both) + "\n";
    }

    /// Parses a note and verifies the log's signature; signatures of witnesses are ignored. Empty
    /// if the log did not sign the note.
    public static Optional<AuditCheckpoint> read(String note, CheckpointVerifier verifier) {
        int blank = note.lastIndexOf("\n\n");
        if (blank < 0 || !note.endsWith("\n")) {
            return Optional.empty();
        }
        String text = note.substring(0, blank + 1);
        Optional<AuditCheckpoint> checkpoint = parse(text);
        if (checkpoint.isEmpty() || !checkpoint.get().origin().equals(verifier.name())) {
            return Optional.empty();
        }
        String prefix = SIGNATURE + verifier.name() + " ";
        return note.substring(blank + 2)
                        .lines()
                        .filter(line -> line.startsWith(prefix))
                        .anyMatch(line -> signs(line.substring(prefix.length()), text, verifier))
                ? checkpoint
                : Optional.empty();
    }

    private static Optional<AuditCheckpoint> parse(String text) {
        List<String> lines = text.lines().toList();
        // Extension lines may follow; this program writes none.
        if (lines.size() < 3 || !lines.get(1).matches("0|[1-9]\\d{0,15}")) {
            return Optional.empty();
        }
        return bytes(lines.get(2), ROOT_BYTES)
                .map(
                        root ->
                                new AuditCheckpoint(
                                        lines.getFirst(),
                                        Long.parseLong(lines.get(1)),
                                        ByteString.of(root)));
    }

    private static boolean signs(String base64, String text, CheckpointVerifier verifier) {
        Optional<byte[]> both = bytes(base64, CheckpointVerifier.ID_BYTES + SIGNATURE_BYTES);
        return both.isPresent()
                && ByteString.of(verifier.id()).areAt(both.get(), 0)
                && verifier.verifies(
                        text.getBytes(StandardCharsets.UTF_8),
                        Arrays.copyOfRange(
                                both.get(), CheckpointVerifier.ID_BYTES, both.get().length));
    }

    /// Accepts only the canonical base64 encoding: with others, a character could change unnoticed.
    private static Optional<byte[]> bytes(String base64, int length) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return bytes.length == length && base64(bytes).equals(base64)
                    ? Optional.of(bytes)
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
