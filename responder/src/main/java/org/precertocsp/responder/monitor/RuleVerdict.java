package org.precertocsp.responder.monitor;

/// The verdicts on a rule, in order of severity.
public enum RuleVerdict {
    NOT_APPLICABLE("n/a"),
    PASS("pass"),
    /// A recommendation is not followed.
    WARN("warn"),
    FAIL("fail");

    private final String text;

    RuleVerdict(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
