package org.precertocsp.signer.key;

import java.nio.file.Path;
import java.util.Optional;

/// Where a private key comes from.
public sealed interface KeySource {
    /// @param alias which entry; may be absent where the file holds one key
    record Pkcs12(Path file, SecretSource password, Optional<String> alias) implements KeySource {}

    /// The one private key in a PEM file: PKCS#8, or as older OpenSSL wrote it. Certificates beside
    /// it are passed over.
    ///
    /// @param passphrase wanted if the key is encrypted
    record Pem(Path file, Optional<SecretSource> passphrase) implements KeySource {}

    /// A key on a token; no certificate is needed beside it.
    ///
    /// @param library the PKCS#11 module, whole path
    /// @param token by label or slot number
    /// @param key by CKA_LABEL or CKA_ID
    record Pkcs11(Path library, Token token, KeyOnToken key, SecretSource pin)
            implements KeySource {}

    sealed interface Token {
        record Label(String label) implements Token {}

        /// @param number which many libraries assign anew at each start; a label is safer
        record Slot(long number) implements Token {}
    }

    sealed interface KeyOnToken {
        record Label(String label) implements KeyOnToken {}

        /// @param hex CKA_ID; colons between the bytes are allowed
        record Id(String hex) implements KeyOnToken {}
    }
}
