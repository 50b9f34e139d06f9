package org.precertocsp.responder.intake.certificate;

import org.precertocsp.der.ByteString;
import org.precertocsp.responder.intake.SourceLocation;

/// One block found in a file, in the order of the file.
sealed interface CertificateBlock {
    /// Its start: the BEGIN line of PEM, the first line of bare base64, the offset in DER.
    SourceLocation place();

    /// Has the structure of a certificate, but is not parsed yet.
    record Framed(SourceLocation place, ByteString der) implements CertificateBlock {}

    /// Some other content, or a damaged block.
    record Unusable(SourceLocation place, String why) implements CertificateBlock {}
}
