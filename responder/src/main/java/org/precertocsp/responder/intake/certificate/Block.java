package org.precertocsp.responder.intake.certificate;

import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.Place;

/// One thing found in a file, in the order of the file.
sealed interface Block {
    /// Where it begins: the BEGIN line of PEM, the first line of bare base64, the offset in DER.
    Place place();

    /// Framed as a certificate; whether it is one remains to be seen.
    record Framed(Place place, Octets der) implements Block {}

    /// Something else, or something broken.
    record Unusable(Place place, String why) implements Block {}
}
