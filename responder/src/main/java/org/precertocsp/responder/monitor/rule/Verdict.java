package org.precertocsp.responder.monitor.rule;

/// What became of one rule, from the least to the most worth telling.
public enum Verdict {
    NOT_APPLICABLE("n/a"),
    PASS("pass"),
    /// Something the sources only recommend is not followed.
    WARN("warn"),
    FAIL("fail");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
