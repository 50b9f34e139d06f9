package org.precertocsp.signer.key;

import org.precertocsp.der.ByteString;

/// A signature algorithm with its AlgorithmIdentifier exactly as Baseline Requirements §7.1.3.2
/// list it (RP-17) or RFC 8410 and RFC 9881 define it (RP-20).
public enum SignatureScheme {
    RSA_PKCS1_SHA256("SHA256withRSA", "300d06092a864886f70d01010b0500"),
    RSA_PKCS1_SHA384("SHA384withRSA", "300d06092a864886f70d01010c0500"),
    RSA_PKCS1_SHA512("SHA512withRSA", "300d06092a864886f70d01010d0500"),
    RSA_PSS_SHA256(
            "RSASSA-PSS",
            "304106092a864886f70d01010a3034a00f300d0609608648016503040201"
                    + "0500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"),
    RSA_PSS_SHA384(
            "RSASSA-PSS",
            "304106092a864886f70d01010a3034a00f300d0609608648016503040202"
                    + "0500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130"),
    RSA_PSS_SHA512(
            "RSASSA-PSS",
            "304106092a864886f70d01010a3034a00f300d0609608648016503040203"
                    + "0500a11c301a06092a864886f70d010108300d06096086480165030402030500a203020140"),
    ECDSA_P256_SHA256("SHA256withECDSA", "300a06082a8648ce3d040302"),
    ECDSA_P384_SHA384("SHA384withECDSA", "300a06082a8648ce3d040303"),
    ECDSA_P521_SHA512("SHA512withECDSA", "300a06082a8648ce3d040304"),
    ED25519("Ed25519", "300506032b6570"),
    ML_DSA_44("ML-DSA-44", "300b0609608648016503040311"),
    ML_DSA_65("ML-DSA-65", "300b0609608648016503040312"),
    ML_DSA_87("ML-DSA-87", "300b0609608648016503040313");

    private final String jcaName;
    private final ByteString algorithmIdentifier;

    SignatureScheme(String jcaName, String algorithmIdentifierHex) {
        this.jcaName = jcaName;
        this.algorithmIdentifier = ByteString.ofHex(algorithmIdentifierHex);
    }

    public String jcaName() {
        return jcaName;
    }

    /// DER of the AlgorithmIdentifier, parameters included.
    public ByteString algorithmIdentifier() {
        return algorithmIdentifier;
    }
}
