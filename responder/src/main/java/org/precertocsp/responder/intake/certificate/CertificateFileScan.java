package org.precertocsp.responder.intake.certificate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.ProgressListener;

/// A first pass over a file for facts that are needed to judge its first certificate: which
/// certificates in it may sign precertificates, at any position, and whether there is any
/// certificate at all.
final class CertificateFileScan {
    /// Maximum number of signers considered; more than any CA ever had.
    private static final int MAX_SIGNERS = 1_000;

    private final Set<ByteString> signers = new LinkedHashSet<>();
    private long certificates;
    private Optional<CertificateBlock.Unusable> firstUnusable = Optional.empty();

    private CertificateFileScan() {}

    /// @throws FeedRejectedException the file contains no certificate
    static CertificateFileScan over(Path file, ProgressListener progress, FeedFile.ReadCheck check)
            throws IOException, FeedRejectedException {
        CertificateFileScan pass = new CertificateFileScan();
        try (CertificateReader blocks = CertificateFileFormat.open(file, progress, check)) {
            for (Optional<CertificateBlock> block = blocks.next();
                    block.isPresent();
                    block = blocks.next()) {
                pass.look(block.get());
            }
        }
        pass.refuseWithoutCertificates();
        return pass;
    }

    private void look(CertificateBlock block) {
        switch (block) {
            case CertificateBlock.Framed framed -> {
                certificates++;
                if (signers.size() < MAX_SIGNERS && maySign(framed.der())) {
                    signers.add(framed.der());
                }
            }
            case CertificateBlock.Unusable unusable -> {
                if (firstUnusable.isEmpty()) {
                    firstUnusable = Optional.of(unusable);
                }
            }
        }
    }

    // Cheap enough for millions: only certificates that contain the bytes of the purpose are
    // parsed.
    private static boolean maySign(ByteString der) {
        if (!PrecertificateSigningCertificate.PURPOSE.areIn(der.toArray())) {
            return false;
        }
        try {
            return PrecertificateSigningCertificate.isClaimedBy(RawCertificate.parse(der));
        } catch (MalformedDerException _) {
            return false;
        }
    }

    private void refuseWithoutCertificates() throws FeedRejectedException {
        if (certificates > 0) {
            return;
        }
        String found = firstUnusable.map(u -> "; " + u.place() + ": " + u.why()).orElse("");
        throw new FeedRejectedException(
                "no certificate in the file; " + CertificateFileFormat.EXPECTED + found);
    }

    /// DER of the certificates that claim the purpose in their extended key usage, rightly or not.
    Set<ByteString> signerCandidates() {
        return Set.copyOf(signers);
    }
}
