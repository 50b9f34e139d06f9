package org.precertocsp.loadtest.corpus;

import java.util.Locale;

/// The key types of the CA and its delegate.
public enum CorpusKeyType {
    P256("EC", 256, "SHA256withECDSA"),
    P384("EC", 384, "SHA384withECDSA"),
    RSA2048("RSA", 2048, "SHA256withRSA"),
    RSA3072("RSA", 3072, "SHA256withRSA"),
    ED25519("Ed25519", 255, "Ed25519");

    private final String algorithm;
    private final int bits;
    private final String signature;

    CorpusKeyType(String algorithm, int bits, String signature) {
        this.algorithm = algorithm;
        this.bits = bits;
        this.signature = signature;
    }

    String algorithm() {
        return algorithm;
    }

    int bits() {
        return bits;
    }

    /// The JCA name of its signatures.
    String signature() {
        return signature;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
