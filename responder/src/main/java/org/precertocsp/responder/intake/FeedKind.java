package org.precertocsp.responder.intake;

/// The kinds of files that can be loaded, in the order in which a spool loads them: kinds that
/// assign serials before those that revoke them, so that files dropped together cause no needless
/// warnings.
public enum FeedKind {
    CERTIFICATES("certificates"),
    INDEX("index"),
    CSV("csv"),
    CRL("crl");

    private final String word;

    FeedKind(String word) {
        this.word = word;
    }

    /// The kind as spelled in commands, summaries and spool directories.
    public String word() {
        return word;
    }

    /// True if a file of this kind never names the issuer of its serials.
    public boolean needsIssuer() {
        return this == INDEX;
    }
}
