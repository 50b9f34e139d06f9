package org.precertocsp.signer.key.cryptoki;

import org.precertocsp.ocsp.Octets;

/// A CK_MECHANISM.
///
/// @param name its C name, for people
/// @param parameter as laid out in memory; empty for none
public record Mechanism(String name, long type, Octets parameter) {}
