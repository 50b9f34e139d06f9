package org.precertocsp.loadtest.corpus;

import org.precertocsp.loadtest.requests.Expected;
import org.precertocsp.loadtest.requests.SerialTable;

/// A range of the serials of a corpus, computed on demand.
///
/// @param first number of the first
/// @param assigned false: serials the corpus does not have, so many as wanted
public record CorpusTable(SyntheticSerials serials, long first, int size, boolean assigned)
        implements SerialTable {
    @Override
    public int copy(int row, byte[] into, int offset) {
        if (assigned) {
            serials.write(first + row, into, offset);
        } else {
            System.arraycopy(
                    serials.unassigned(first + row), 0, into, offset, SyntheticSerials.BYTES);
        }
        return SyntheticSerials.BYTES;
    }

    @Override
    public Expected expected(int row) {
        if (!assigned) {
            return Expected.UNASSIGNED;
        }
        return serials.isRevoked(first + row) ? Expected.REVOKED : Expected.GOOD;
    }
}
