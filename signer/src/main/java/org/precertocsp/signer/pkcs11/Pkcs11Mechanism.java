package org.precertocsp.signer.pkcs11;

import org.precertocsp.der.ByteString;

/// A CK_MECHANISM.
///
/// @param name its C name, for messages
/// @param parameter its memory representation; empty for none
public record Pkcs11Mechanism(String name, long type, ByteString parameter) {}
