package org.precertocsp.responder.monitor;

/// The kinds of differences.
public enum DifferenceKind {
    UNANSWERED("SA-01", "no definitive answer"),
    NOT_IN_STORE("SS-01", "not in the store"),
    NEVER_FED("CT-20", "only a log brought it"),
    UNLOGGED("CT-16", "in no log given"),
    CONFLICT("SS-11 … SS-13", "documents of different certificates"),
    REUSED("RFC 5280 4.1.2.2", "one serial under two keys of an issuer"),
    REVOCATION_DIFFERS("CR-22", "answer and revocation data differ"),
    STORE_DIFFERS("RFC 6960 2.2", "answer and store differ"),
    UNUSABLE("", "cannot be used");

    private final String rule;
    private final String title;

    DifferenceKind(String rule, String title) {
        this.rule = rule;
        this.title = title;
    }

    /// The requirement or clause that is violated.
    public String rule() {
        return rule;
    }

    /// A short description.
    public String title() {
        return title;
    }
}
