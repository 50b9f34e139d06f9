package org.precertocsp.signer.key;

/// How to open a key and compute with it.
///
/// @param rsaPadding for RSA keys; others ignore it
/// @param rsaHash for RSA keys; a curve decides its own hash (RP-17)
/// @param provider for software keys; a token computes for itself
public record KeyConfig(
        KeySource source, RsaPadding rsaPadding, RsaHash rsaHash, ProviderChoice provider) {
    public enum RsaPadding {
        PKCS1,
        PSS
    }

    public enum RsaHash {
        SHA256,
        SHA384,
        SHA512
    }

    public enum ProviderChoice {
        /// AmazonCorrettoCryptoProvider if it loads and supports the algorithm, else Bouncy Castle.
        FASTEST,
        CORRETTO,
        BOUNCY_CASTLE
    }
}
