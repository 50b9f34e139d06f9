package org.precertocsp.responder.intake.certificate;

import java.math.BigInteger;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;

/// Serials that break the rules and are served all the same (SS-14, SS-15).
final class SerialLint {
    /// Of 64 random bits, the first eight are zero once in 256 certificates; fewer are no accident.
    private static final int PLAUSIBLE_BITS = 56;

    /// A finding for the operator, in words that follow the serial.
    static Optional<String> finding(Serial serial, IssuerProfile profile) {
        BigInteger number = serial.number();
        if (number.signum() == 0) {
            return Optional.of("is zero; serials are positive (RFC 5280 §4.1.2.2, SS-14)");
        }
        if (number.signum() < 0) {
            return Optional.of("is negative; serials are positive (RFC 5280 §4.1.2.2, SS-14)");
        }
        if (number.bitLength() > 159) {
            return Optional.of("is not below 2^159 (RFC 5280 §4.1.2.2, SS-14)");
        }
        if (profile.strict() && number.bitLength() < PLAUSIBLE_BITS) {
            return Optional.of(
                    "has %d bits, too few to hold 64 random ones (SS-14)"
                            .formatted(number.bitLength()));
        }
        return Optional.empty();
    }

    private SerialLint() {}
}
