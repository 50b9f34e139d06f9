package org.precertocsp.responder.admin;

/// The kinds of requests about serials, one by one or in streams.
public enum ChangeRequestKind {
    ANNOUNCEMENT("announcements"),
    CANCELLATION("cancellations"),
    CERTIFICATE("certificates"),
    REVOCATION("revocations"),
    AMENDMENT("amendments");

    private final String word;

    ChangeRequestKind(String word) {
        this.word = word;
    }

    /// As in the address: `announcements`.
    public String word() {
        return word;
    }
}
