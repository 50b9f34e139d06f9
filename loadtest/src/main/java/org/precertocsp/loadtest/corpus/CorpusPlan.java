package org.precertocsp.loadtest.corpus;

import java.time.LocalDate;
import java.util.Set;

/// The input of a corpus: equal plans give equal files, keys and signatures included.
///
/// @param serials number of serials
/// @param revokedShare fraction of them, 0 to 1; spread evenly
/// @param date its midnight UTC is the corpus's present: certificates begin before it, and the CRL
///   has this date
/// @param files the large files to write
public record CorpusPlan(
        long serials,
        double revokedShare,
        long seed,
        LocalDate date,
        CorpusKeyType keys,
        Set<CorpusFile> files) {
    /// The maximum number of lines that a file can sensibly have.
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

    /// All properties of the population, without the directory to write to.
    public SyntheticSerials population() {
        return new SyntheticSerials(seed, revokedShare);
    }
}
