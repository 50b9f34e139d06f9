package org.precertocsp.responder.intake.certificate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.ReadProgress;

/// The facts needed before the first certificate of a file can be judged: which certificates in it
/// may sign precertificates, wherever they stand, and whether there is any certificate at all.
final class FirstPass {
    /// More signers in one file than any CA ever had are not looked at.
    private static final int MAX_SIGNERS = 1_000;

    private final Set<Octets> signers = new LinkedHashSet<>();
    private long certificates;
    private Optional<Block.Unusable> firstUnusable = Optional.empty();

    private FirstPass() {}

    /// @throws FeedRefused if the file holds no certificate
    static FirstPass over(Path file, ReadProgress progress, FeedFile.ReadCheck check)
            throws IOException, FeedRefused {
        FirstPass pass = new FirstPass();
        try (BlockSource blocks = CertificateFile.open(file, progress, check)) {
            for (Optional<Block> block = blocks.next(); block.isPresent(); block = blocks.next()) {
                pass.look(block.get());
            }
        }
        pass.refuseWithoutCertificates();
        return pass;
    }

    private void look(Block block) {
        switch (block) {
            case Block.Framed framed -> {
                certificates++;
                if (signers.size() < MAX_SIGNERS && maySign(framed.der())) {
                    signers.add(framed.der());
                }
            }
            case Block.Unusable unusable -> {
                if (firstUnusable.isEmpty()) {
                    firstUnusable = Optional.of(unusable);
                }
            }
        }
    }

    // Cheap enough for millions: only what has the bytes of the purpose is parsed.
    private static boolean maySign(Octets der) {
        if (!PrecertificateSigner.PURPOSE.areIn(der.toArray())) {
            return false;
        }
        try {
            return PrecertificateSigner.isClaimedBy(RawCertificate.parse(der));
        } catch (MalformedDerException _) {
            return false;
        }
    }

    private void refuseWithoutCertificates() throws FeedRefused {
        if (certificates > 0) {
            return;
        }
        String found = firstUnusable.map(u -> "; " + u.place() + ": " + u.why()).orElse("");
        throw new FeedRefused("no certificate in the file; " + CertificateFile.EXPECTED + found);
    }

    /// DER of the certificates whose extended key usage says so, rightly or not.
    Set<Octets> signerCandidates() {
        return Set.copyOf(signers);
    }
}
