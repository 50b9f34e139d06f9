/// PKCS#11 (Cryptoki 2.40) as far as a signer needs it, called in the vendor's library with
/// `java.lang.foreign`.
///
/// Start at [Pkcs11Library], one loaded library; [Pkcs11Token] is what is in a slot,
/// [Pkcs11Session] makes the calls, and [Pkcs11Function] names each function and its place in the
/// list that the library returns.
///
/// Why not SunPKCS11: its KeyStore shows a private key only beside a certificate stored on the same
/// token, and HSM operators keep bare key pairs; it does not know tokens by label; and it never
/// finalises a library, which is the cure for many a restarted network HSM. The ways around
/// (`--add-opens` into `sun.security.pkcs11`, or writing certificates into the HSM) are worse than
/// calling fifteen functions of a standard whose binary interface stays put.
@NullMarked
package org.precertocsp.signer.pkcs11;

import org.jspecify.annotations.NullMarked;
