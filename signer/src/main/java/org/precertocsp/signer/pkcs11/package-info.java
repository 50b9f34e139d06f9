/// The part of PKCS#11 (Cryptoki 2.40) that a signer needs; calls the vendor's library with
/// `java.lang.foreign`.
///
/// Start at [Pkcs11Library], one loaded library; [Pkcs11Token] is a token in a slot,
/// [Pkcs11Session] makes the calls, and [Pkcs11Function] lists each function with its position in
/// the list that the library returns.
///
/// The hard idea is the *generation* of a library: restarting it invalidates all sessions, and
/// their numbers may be assigned again, so each session remembers the generation in which it was
/// opened.
///
/// Why not SunPKCS11: its KeyStore shows a private key only beside a certificate stored on the same
/// token, and HSM operators keep bare key pairs; it does not find tokens by label; and it never
/// finalises a library, which restores the connection to many restarted network HSMs. The
/// workarounds (`--add-opens` into `sun.security.pkcs11`, or writing certificates into the HSM) are
/// worse than calling fifteen functions of a standard whose binary interface is stable.
@NullMarked
package org.precertocsp.signer.pkcs11;

import org.jspecify.annotations.NullMarked;
