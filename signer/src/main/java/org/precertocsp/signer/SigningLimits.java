package org.precertocsp.signer;

import java.time.Instant;
import java.util.List;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.ValidityWindow;

/// The validity windows that a credential may sign for.
final class SigningLimits {
    private final IssuerProfile profile;
    private final Instant begin;
    private final List<Instant> ends;

    SigningLimits(ResponderCredential credential) {
        this.profile = credential.profile();
        this.begin = credential.begin();
        this.ends = credential.ends().stream().sorted().toList();
    }

    /// The window with nextUpdate limited to the expiry of the certificates (TF-09).
    ///
    /// Of several CA certificates for one key, the earliest expiry counts that leaves the shortest
    /// validity the profile allows: a cross-certificate in its last hours does not stop responses
    /// that another certificate of the same key supports.
    ///
    /// @throws IllegalArgumentException if the requested window is outside the profile's range
    ValidityWindow shorten(ValidityWindow wished) throws SignerUnavailableException {
        requireAllowed(wished);
        Instant thisUpdate = wished.thisUpdate();
        if (thisUpdate.isBefore(begin)) {
            throw ending("the credential is not valid before " + begin);
        }
        Instant shortest = thisUpdate.plus(profile.minValidity());
        for (Instant end : ends) {
            if (!end.isBefore(wished.nextUpdate())) {
                return wished;
            }
            if (!end.isBefore(shortest)) {
                return new ValidityWindow(thisUpdate, end);
            }
        }
        throw ending(
                "the credential ends at %s, before the shortest validity of %s is over"
                        .formatted(ends.getLast(), profile.minValidity()));
    }

    private void requireAllowed(ValidityWindow wished) {
        if (wished.length().compareTo(profile.minValidity()) < 0
                || wished.length().compareTo(profile.maxValidity()) > 0) {
            throw new IllegalArgumentException(
                    "profile %s allows %s to %s from thisUpdate to nextUpdate, not %s (TF-02)"
                            .formatted(
                                    profile.name(),
                                    profile.minValidity(),
                                    profile.maxValidity(),
                                    wished.length()));
        }
    }

    private static SignerUnavailableException ending(String message) {
        return new SignerUnavailableException(
                SignerUnavailableException.Cause.CREDENTIAL_ENDING, message);
    }
}
