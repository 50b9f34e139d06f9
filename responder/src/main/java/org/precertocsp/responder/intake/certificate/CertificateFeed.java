package org.precertocsp.responder.intake.certificate;

import java.io.IOException;
import java.util.Optional;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.FeedSink;

/// Certificates and precertificates from DER, PEM bundles or bare base64, of any number and in any
/// order. Reads each file twice, since signers of precertificates may follow what they signed.
///
/// The certificates name their issuer, so an issuer that the operator names is neither needed nor
/// used.
public final class CertificateFeed implements FeedReader {
    private final PrecertificateSigningCertificates signers;

    /// @param signers also contains the configured issuers
    public CertificateFeed(PrecertificateSigningCertificates signers) {
        this.signers = signers;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRejectedException {
        try {
            CertificateFileScan pass =
                    CertificateFileScan.over(file.path(), file.progress(), file.check());
            CertificateProcessor intake =
                    new CertificateProcessor(signers.with(pass.signerCandidates()), sink);
            file.progress().at(0);
            try (CertificateReader blocks =
                    CertificateFileFormat.open(file.path(), file.progress(), file.check())) {
                for (Optional<CertificateBlock> block = blocks.next();
                        block.isPresent();
                        block = blocks.next()) {
                    intake.take(block.get());
                }
            }
        } catch (IOException e) {
            throw new FeedRejectedException("the file cannot be read: " + e, e);
        }
    }
}
