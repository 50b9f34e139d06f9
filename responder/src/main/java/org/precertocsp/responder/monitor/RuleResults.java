package org.precertocsp.responder.monitor;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Collects results; of several for one rule the most severe counts, and of equals the first. Not
/// thread-safe.
public final class RuleResults {
    private final Map<CheckRule, RuleResult> byRule = new EnumMap<>(CheckRule.class);

    void pass(CheckRule rule, String seen) {
        add(rule, RuleVerdict.PASS, seen);
    }

    void fail(CheckRule rule, String seen) {
        add(rule, RuleVerdict.FAIL, seen);
    }

    void warn(CheckRule rule, String seen) {
        add(rule, RuleVerdict.WARN, seen);
    }

    void notApplicable(CheckRule rule, String why) {
        add(rule, RuleVerdict.NOT_APPLICABLE, why);
    }

    /// Passes if the condition holds, otherwise fails.
    void require(CheckRule rule, boolean holds, Supplier<String> seen) {
        add(rule, holds ? RuleVerdict.PASS : RuleVerdict.FAIL, seen.get());
    }

    /// Passes if the condition holds, otherwise warns: for a SHOULD.
    void recommend(CheckRule rule, boolean holds, Supplier<String> seen) {
        add(rule, holds ? RuleVerdict.PASS : RuleVerdict.WARN, seen.get());
    }

    void add(CheckRule rule, RuleVerdict verdict, String seen) {
        byRule.merge(
                rule,
                new RuleResult(rule, verdict, seen),
                (old, now) -> now.verdict().compareTo(old.verdict()) > 0 ? now : old);
    }

    /// All rules that were to be checked, in order; those without a result are not applicable.
    ///
    /// @param thorough whether the rules about the responder as a whole were checked as well
    public List<RuleResult> list(boolean thorough) {
        return Arrays.stream(CheckRule.values())
                .filter(rule -> thorough || rule.isOfEveryAnswer())
                .map(
                        rule ->
                                byRule.getOrDefault(
                                        rule,
                                        new RuleResult(
                                                rule,
                                                RuleVerdict.NOT_APPLICABLE,
                                                "nothing observed")))
                .toList();
    }
}
