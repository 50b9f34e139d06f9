package org.precertocsp.loadtest.corpus;

import java.time.LocalDate;
import java.util.Set;

/// What a corpus is made from: equal plans make equal files, keys and signatures included.
///
/// @param serials how many
/// @param revokedShare of them, 0 to 1; spread evenly
/// @param date midnight UTC of it is the corpus's present: certificates begin before it, and the
///   CRL is of it
/// @param files which of the large files to write
public record CorpusPlan(
        long serials,
        double revokedShare,
        long seed,
        LocalDate date,
        CorpusKeyType keys,
        Set<CorpusFile> files) {
    /// As many lines as a file can sensibly have.
    public static final long MAX_SERIALS = 1_000_000_000L;

    public CorpusPlan {
        if (serials < 1 || serials > MAX_SERIALS) {
            throw new IllegalArgumentException(
                    "serials: %,d is not in 1 to %,d".formatted(serials, MAX_SERIALS));
        }
        if (!(revokedShare >= 0 && revokedShare <= 1)) {
            throw new IllegalArgumentException(
                    "revoked share " + revokedShare + " is not in 0 to 1");
        }
        files = Set.copyOf(files);
    }

    /// Every thing about the population but where it is written.
    public SyntheticSerials population() {
        return new SyntheticSerials(seed, revokedShare);
    }
}
