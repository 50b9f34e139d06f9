package org.precertocsp.responder.config;

import java.nio.file.Path;
import org.precertocsp.signer.IssuerCertificate;

/// A file a configuration names for a certificate, and the first certificate in it.
record NamedCertificate(Path path, IssuerCertificate certificate) {}
