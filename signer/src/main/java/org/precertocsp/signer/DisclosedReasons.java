package org.precertocsp.signer;

import java.util.Optional;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;

/// The revocation reasons that a profile's responses may show (SA-10, SA-14).
///
/// @param bits one for each CRLReason code
record DisclosedReasons(int bits) {
    private static final int CODABLE = bits(Optional.empty());

    /// @throws IllegalArgumentException if a bit stands for a reason that is never encoded
    DisclosedReasons {
        if ((bits & ~CODABLE) != 0) {
            throw new IllegalArgumentException(
                    "reasons %x are none an answer may show".formatted(bits));
        }
    }

    static DisclosedReasons of(IssuerProfile profile) {
        return new DisclosedReasons(bits(Optional.of(profile)));
    }

    /// The reason's code, 0 if none is to be shown: unspecified is always omitted.
    ///
    /// A certificate whose reason may not be shown is still reported as revoked: omitting the
    /// reason is correct under every profile, refusing to answer is not.
    int code(CertStatus.Revoked revoked) {
        if (revoked.reason().isEmpty()) {
            return 0;
        }
        int code = revoked.reason().get().code();
        return (bits & (1 << code)) == 0 ? 0 : code;
    }

    Optional<RevocationReason> of(CertStatus.Revoked revoked) {
        return revoked.reason().filter(_ -> code(revoked) != 0);
    }

    private static int bits(Optional<IssuerProfile> profile) {
        int bits = 0;
        for (RevocationReason reason : RevocationReason.values()) {
            boolean codable =
                    reason != RevocationReason.UNSPECIFIED
                            && reason != RevocationReason.REMOVE_FROM_CRL;
            if (codable && profile.map(p -> p.allowedReasons().contains(reason)).orElse(true)) {
                bits |= 1 << reason.code();
            }
        }
        return bits;
    }
}
