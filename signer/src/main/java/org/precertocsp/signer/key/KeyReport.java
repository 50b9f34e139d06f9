package org.precertocsp.signer.key;

import java.util.List;
import org.precertocsp.der.ByteString;

/// The report of `key inspect` on a key that opens and signs.
///
/// @param kind such as `RSA 3072 bits`, `EC P-256`
/// @param computedBy the JCA provider or token, and in brackets why not a faster one
/// @param source where the private key is stored
/// @param spkiSha256 over the SubjectPublicKeyInfo, as certificate tools print it
/// @param keyHash SHA-1 over the subjectPublicKey bits: the byKey responder ID (RP-08)
/// @param warnings problems to correct although the key works
public record KeyReport(
        String kind,
        SignatureScheme scheme,
        String computedBy,
        String source,
        ByteString spkiSha256,
        ByteString keyHash,
        List<String> warnings) {
    public KeyReport {
        warnings = List.copyOf(warnings);
    }
}
