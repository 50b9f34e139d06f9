package org.precertocsp.responder.audit;

import java.util.Optional;

/// The content of a [CheckpointStore]: a log's key and its newest checkpoint.
///
/// @param note the checkpoint as it was signed
public record StoredCheckpoint(
        CheckpointVerifier verifier, AuditCheckpoint checkpoint, String note) {
    static String text(CheckpointVerifier verifier, String note) {
        return verifier.text() + "\n" + note;
    }

    /// Parses a stored value; empty if it is malformed.
    public static Optional<StoredCheckpoint> read(String text) {
        int end = text.indexOf('\n');
        if (end < 0) {
            return Optional.empty();
        }
        String note = text.substring(end + 1);
        return CheckpointVerifier.parse(text.substring(0, end))
                .flatMap(
                        verifier ->
                                AuditCheckpoint.read(note, verifier)
                                        .map(it -> new StoredCheckpoint(verifier, it, note)));
    }
}
