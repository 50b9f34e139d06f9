package org.precertocsp.responder.intake.certificate;

import java.io.IOException;
import java.util.Optional;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.StatusFeed;

/// Certificates and precertificates from DER, PEM bundles or bare base64, of any number and in any
/// order. Reads each file twice: signers of precertificates may stand behind what they signed.
///
/// The certificates say who issued them, so an issuer the operator names is not needed and not
/// used.
public final class CertificateFeed implements StatusFeed {
    private final PrecertificateSigners signers;

    /// @param signers knows the configured issuers, too
    public CertificateFeed(PrecertificateSigners signers) {
        this.signers = signers;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRefused {
        try {
            FirstPass pass = FirstPass.over(file.path(), file.progress(), file.check());
            CertificateIntake intake =
                    new CertificateIntake(signers.with(pass.signerCandidates()), sink);
            file.progress().at(0);
            try (BlockSource blocks =
                    CertificateFile.open(file.path(), file.progress(), file.check())) {
                for (Optional<Block> block = blocks.next();
                        block.isPresent();
                        block = blocks.next()) {
                    intake.take(block.get());
                }
            }
        } catch (IOException e) {
            throw new FeedRefused("the file cannot be read: " + e, e);
        }
    }
}
