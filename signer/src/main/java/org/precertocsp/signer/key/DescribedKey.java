package org.precertocsp.signer.key;

/// A key that describes its location and the provider that computes with it.
sealed interface DescribedKey extends SigningKey permits SoftwareKey, Pkcs11Key {
    /// Such as `PKCS#12 ocsp.p12`.
    String source();

    /// The provider that computes, and why no faster one does.
    String computedBy();

    @Override
    default String description() {
        return source() + ", " + computedBy();
    }
}
