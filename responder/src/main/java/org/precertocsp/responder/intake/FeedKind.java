package org.precertocsp.responder.intake;

import java.util.Arrays;
import java.util.Optional;

/// The kinds of file that may be fed, in the order a spool takes them: what assigns serials before
/// what revokes them, so that files dropped together raise no needless warnings.
public enum FeedKind {
    CERTIFICATES("certificates"),
    INDEX("index"),
    CSV("csv"),
    CRL("crl");

    private final String word;

    FeedKind(String word) {
        this.word = word;
    }

    /// The kind as commands, summaries and spool folders spell it.
    public String word() {
        return word;
    }

    /// True where a file never says whose serials it lists.
    public boolean needsIssuer() {
        return this == INDEX;
    }

    public static Optional<FeedKind> called(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
    }
}
