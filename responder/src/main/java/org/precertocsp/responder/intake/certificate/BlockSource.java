package org.precertocsp.responder.intake.certificate;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/// Reads a file block by block, in constant memory. Broken blocks are told and passed over.
interface BlockSource extends Closeable {
    /// Largest certificate read, in octets of DER: ten times the largest of today's.
    int MAX_CERTIFICATE = 1 << 20;

    /// Empty at the end of the file.
    Optional<Block> next() throws IOException;
}
