/// Private keys, in files and on PKCS#11 tokens, and the providers that compute with them.
///
/// Start at [PrivateKeys]: it opens the key that a [KeyConfig] names as a [SigningKey].
/// [SoftwareKey] is in this process's memory, [Pkcs11Key] on a token; [SchemeSelection] decides
/// which signature algorithm a key signs with.
///
/// The hard idea is that tokens cannot be trusted to behave. They return ECDSA signatures in
/// several encodings ([TokenSignatureDecoder]), lose sessions ([Pkcs11Key]), and lock after three
/// wrong PINs, so a PIN that was rejected is not sent again ([RejectedPins]). Native calls block
/// their thread, so they are made from platform threads.
@NullMarked
package org.precertocsp.signer.key;

import org.jspecify.annotations.NullMarked;
