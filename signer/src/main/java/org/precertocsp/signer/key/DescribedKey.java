package org.precertocsp.signer.key;

/// A key that can say where it is and what computes with it.
sealed interface DescribedKey extends SigningKey permits SoftwareKey, Pkcs11Key {
    /// `PKCS#12 ocsp.p12`.
    String source();

    /// The provider that computes, and why no faster one does.
    String computedBy();

    @Override
    default String description() {
        return source() + ", " + computedBy();
    }
}
