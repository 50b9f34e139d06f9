package org.precertocsp.responder.monitor.reconcile;

/// Something that a person must look at.
///
/// @param issuer name in the configuration; empty where it is about an input as a whole
/// @param serial hexadecimal; empty as the issuer
/// @param seen what was found where
public record Difference(Kind kind, String issuer, String serial, String seen) {}
