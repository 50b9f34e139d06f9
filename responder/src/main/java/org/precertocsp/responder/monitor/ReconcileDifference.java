package org.precertocsp.responder.monitor;

/// A difference that a person must look at.
///
/// @param issuer name in the configuration; empty if it concerns a whole input
/// @param serial hexadecimal; empty as `issuer`
/// @param seen the values found, and where
public record ReconcileDifference(DifferenceKind kind, String issuer, String serial, String seen) {}
