package org.precertocsp.responder.monitor;

/// The result for one rule.
///
/// @param seen the observation behind the verdict
public record RuleResult(CheckRule rule, RuleVerdict verdict, String seen) {}
