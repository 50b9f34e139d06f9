package org.precertocsp.responder.freshness;

import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.answer.KeptResponse;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.status.SerialKey;

/// Something the store wants looked at now.
///
/// @param asked the response that is due, where it is one; otherwise all of the serial
/// @param kept what is stored of what is due
/// @param place of the row behind it, for the store alone
public record DueRenewal(
        Why why,
        SerialKey serial,
        Optional<ResponseKey> asked,
        List<KeptResponse> kept,
        Octets place) {
    /// In order of urgency.
    public enum Why {
        /// The serial was revoked, or its revocation amended.
        CHANGED,
        /// A response comes to its planned time.
        PLANNED,
        /// The serial was assigned, and every one is to have a response.
        NEW,
        /// The serial was assigned before every one was to have a response.
        SWEPT
    }

    public DueRenewal {
        kept = List.copyOf(kept);
    }

    /// The form of CertID nearly all clients send: what is signed ahead of any request.
    public static ResponseKey usual(SerialKey serial) {
        return new ResponseKey(serial, HashAlgorithm.SHA1, DigestParameters.NULL);
    }
}
