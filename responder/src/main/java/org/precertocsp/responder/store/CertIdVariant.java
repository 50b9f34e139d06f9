package org.precertocsp.responder.store;

import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreException;

/// The forms of a CertID as one byte of a key: the hash in the upper bits, and whether its
/// parameters are absent in the lowest.
final class CertIdVariant {
    /// One more than the highest.
    static final int COUNT = 8;

    private static final int ABSENT = 1;

    private CertIdVariant() {}

    static int of(ResponseKey key) {
        return of(key.hash(), key.parameters());
    }

    static int of(HashAlgorithm algorithm, DigestParameters parameters) {
        int hash =
                switch (algorithm) {
                    case SHA1 -> 0;
                    case SHA256 -> 1;
                    case SHA384 -> 2;
                    case SHA512 -> 3;
                };
        int absent =
                switch (parameters) {
                    case NULL -> 0;
                    case ABSENT -> ABSENT;
                };
        return (hash << 1) | absent;
    }

    static ResponseKey key(SerialKey serial, int form) {
        return new ResponseKey(serial, hash(form), parameters(form));
    }

    /// @throws StoreException for a form of no known hash
    static HashAlgorithm hash(int form) {
        return switch (form >> 1) {
            case 0 -> HashAlgorithm.SHA1;
            case 1 -> HashAlgorithm.SHA256;
            case 2 -> HashAlgorithm.SHA384;
            case 3 -> HashAlgorithm.SHA512;
            default -> throw new StoreException("a response row has form " + form, null);
        };
    }

    static DigestParameters parameters(int form) {
        return (form & ABSENT) == 0 ? DigestParameters.NULL : DigestParameters.ABSENT;
    }
}
