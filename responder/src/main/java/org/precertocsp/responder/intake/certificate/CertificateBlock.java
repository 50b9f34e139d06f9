package org.precertocsp.responder.intake.certificate;

import org.precertocsp.der.ByteString;
import org.precertocsp.responder.intake.SourceLocation;

/// One thing found in a file, in the order of the file.
sealed interface CertificateBlock {
    /// Where it begins: the BEGIN line of PEM, the first line of bare base64, the offset in DER.
    SourceLocation place();

    /// Framed as a certificate; whether it is one remains to be seen.
    record Framed(SourceLocation place, ByteString der) implements CertificateBlock {}

    /// Something else, or something broken.
    record Unusable(SourceLocation place, String why) implements CertificateBlock {}
}
