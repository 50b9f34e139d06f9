package org.precertocsp.responder.monitor.rule;

/// The result for one rule.
///
/// @param seen the observation behind the verdict
public record Ruling(Rule rule, Verdict verdict, String seen) {}
