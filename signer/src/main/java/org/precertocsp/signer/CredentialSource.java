package org.precertocsp.signer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.precertocsp.signer.key.KeyConfig;

/// Where a responder's key and certificate are read from.
///
/// @param certificate the delegate's certificate, PEM or DER; absent if the CA's own key signs, and
///   then no certificate is sent
/// @param warnBefore how long before the certificate's expiry warnings begin
public record CredentialSource(KeyConfig key, Optional<Path> certificate, Duration warnBefore) {}
