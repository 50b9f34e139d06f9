package org.precertocsp.responder.audit.log;

import java.util.Optional;
import org.precertocsp.responder.audit.seal.Checkpoint;
import org.precertocsp.responder.audit.seal.Verifier;

/// The content of an [Anchor]: a log's key and its newest checkpoint.
///
/// @param note the checkpoint as it was signed
public record Anchored(Verifier verifier, Checkpoint checkpoint, String note) {
    static String text(Verifier verifier, String note) {
        return verifier.text() + "\n" + note;
    }

    /// Empty if it is nothing a log kept.
    public static Optional<Anchored> read(String text) {
        int end = text.indexOf('\n');
        if (end < 0) {
            return Optional.empty();
        }
        String note = text.substring(end + 1);
        return Verifier.parse(text.substring(0, end))
                .flatMap(
                        verifier ->
                                Checkpoint.read(note, verifier)
                                        .map(it -> new Anchored(verifier, it, note)));
    }
}
