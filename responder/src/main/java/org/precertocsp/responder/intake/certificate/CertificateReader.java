package org.precertocsp.responder.intake.certificate;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/// Reads a file block by block, in constant memory. Damaged blocks are reported and skipped.
interface CertificateReader extends Closeable {
    /// Maximum size of a certificate, in bytes of DER: ten times the largest of today's.
    int MAX_CERTIFICATE = 1 << 20;

    /// Maximum kept of a line of text: enough for the largest certificate in base64 on one line.
    int MAX_LINE = 2 * MAX_CERTIFICATE;

    /// Empty at the end of the file.
    Optional<CertificateBlock> next() throws IOException;
}
