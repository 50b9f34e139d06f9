package org.precertocsp.responder.monitor.rule;

/// @param seen what was seen, whatever the verdict
public record Ruling(Rule rule, Verdict verdict, String seen) {}
