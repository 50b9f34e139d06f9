package org.precertocsp.responder.renewal;

import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.SerialKey;

/// An entry of the renewal queue that is due.
///
/// @param asked the response that is due; empty if all responses of the serial are
/// @param kept the stored responses concerned
/// @param place key of the entry, for the store only
public record DueRenewal(
        Why why,
        SerialKey serial,
        Optional<ResponseKey> asked,
        List<StoredResponse> kept,
        ByteString place) {
    /// In order of urgency.
    public enum Why {
        /// The serial was revoked, or its revocation amended.
        CHANGED,
        /// The planned time of a response has come.
        PLANNED,
        /// The serial was assigned, and every serial is to have a response.
        NEW,
        /// The serial was assigned before every serial was to have a response.
        SWEPT
    }

    public DueRenewal {
        kept = List.copyOf(kept);
    }

    /// The form of CertID that nearly all clients send, which is signed in advance.
    public static ResponseKey usual(SerialKey serial) {
        return new ResponseKey(serial, HashAlgorithm.SHA1, DigestParameters.NULL);
    }
}
