package org.precertocsp.responder.monitor.rule;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Collects results; of several for one rule the most severe counts, and of equals the first. Not
/// thread-safe.
public final class Rulings {
    private final Map<Rule, Ruling> byRule = new EnumMap<>(Rule.class);

    void pass(Rule rule, String seen) {
        add(rule, Verdict.PASS, seen);
    }

    void fail(Rule rule, String seen) {
        add(rule, Verdict.FAIL, seen);
    }

    void warn(Rule rule, String seen) {
        add(rule, Verdict.WARN, seen);
    }

    void notApplicable(Rule rule, String why) {
        add(rule, Verdict.NOT_APPLICABLE, why);
    }

    /// Passes if the condition holds, otherwise fails.
    void require(Rule rule, boolean holds, Supplier<String> seen) {
        add(rule, holds ? Verdict.PASS : Verdict.FAIL, seen.get());
    }

    /// Passes if the condition holds, otherwise warns: for a SHOULD.
    void recommend(Rule rule, boolean holds, Supplier<String> seen) {
        add(rule, holds ? Verdict.PASS : Verdict.WARN, seen.get());
    }

    void add(Rule rule, Verdict verdict, String seen) {
        byRule.merge(
                rule,
                new Ruling(rule, verdict, seen),
                (old, now) -> now.verdict().compareTo(old.verdict()) > 0 ? now : old);
    }

    /// All rules that were to be checked, in order; those without a result are not applicable.
    ///
    /// @param thorough whether the rules about the responder as a whole were checked as well
    public List<Ruling> list(boolean thorough) {
        return Arrays.stream(Rule.values())
                .filter(rule -> thorough || rule.isOfEveryAnswer())
                .map(
                        rule ->
                                byRule.getOrDefault(
                                        rule,
                                        new Ruling(
                                                rule, Verdict.NOT_APPLICABLE, "nothing observed")))
                .toList();
    }
}
