/// Signs OCSP responses.
///
/// Start at [ResponseSigner], the interface that callers use. [BouncyCastleSigner] signs with one
/// credential, [BoundedSigner] limits how many signatures are made at once and how long a request
/// waits, and [ReloadableSigner] exchanges the credential while the service runs.
/// [CredentialLoader] reads a credential, and [CredentialLint] rejects one that clients would not
/// accept.
///
/// The hard idea is [ResponseTemplate]: all responses of one credential are the same but for
/// CertID, status, times and signature. So a response is assembled by copying bytes, and a stored
/// one is kept as times and signature only.
///
/// Every response is checked twice before it is released: [PreReleaseCheck] decodes the data to be
/// signed and compares it with the intended content, and [SignatureCheck] verifies signatures with
/// the certificate that is sent (invariant 9).
@NullMarked
package org.precertocsp.signer;

import org.jspecify.annotations.NullMarked;
