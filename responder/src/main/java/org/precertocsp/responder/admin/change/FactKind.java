package org.precertocsp.responder.admin.change;

/// The kinds of requests about serials, one by one or in streams.
public enum FactKind {
    ANNOUNCEMENT("announcements"),
    CANCELLATION("cancellations"),
    CERTIFICATE("certificates"),
    REVOCATION("revocations"),
    AMENDMENT("amendments");

    private final String word;

    FactKind(String word) {
        this.word = word;
    }

    /// As in the address: `announcements`.
    public String word() {
        return word;
    }
}
