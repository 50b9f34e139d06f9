package org.precertocsp.responder.unassigned;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.apache.datasketches.common.ArrayOfStringsSerDe;
import org.apache.datasketches.frequencies.ErrorType;
import org.apache.datasketches.frequencies.FrequentItemsSketch;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;

/// Requests for one issuer's unassigned serials in some time, in as much memory however many there
/// were: the count is exact, the number of different serials and the most asked ones are estimates
/// (Apache DataSketches). Not thread-safe.
final class Asked {
    /// Standard error of the distinct count: 1.6 %.
    private static final int LG_DISTINCT = 12;

    /// Serials followed at once: three quarters of it. A serial asked for in more than one of 300
    /// requests is surely among them.
    private static final int MOST_ASKED_MAP = 1_024;

    private static final ArrayOfStringsSerDe STRINGS = new ArrayOfStringsSerDe();
    private static final HexFormat HEX = HexFormat.of();

    /// A serial and how often it was asked for.
    ///
    /// @param atLeast never more than the truth
    /// @param about the estimate
    record Often(String serial, long atLeast, long about) {}

    /// As kept on disk, the sketches in base64.
    record Kept(String issuer, long count, String distinct, String most) {}

    private long count;
    private HllSketch distinct = new HllSketch(LG_DISTINCT, TgtHllType.HLL_8);
    private FrequentItemsSketch<String> most = new FrequentItemsSketch<>(MOST_ASKED_MAP);

    void add(byte[] source, int offset, int length) {
        String serial = HEX.formatHex(source, offset, offset + length);
        count++;
        distinct.update(serial);
        most.update(serial);
    }

    /// Requests whose serial is not known any more.
    void addUnseen(long requests) {
        count += requests;
    }

    void merge(Asked other) {
        count += other.count;
        HllUnion union = new HllUnion(LG_DISTINCT);
        union.update(distinct);
        union.update(other.distinct);
        distinct = union.getResult(TgtHllType.HLL_8);
        most = most.merge(other.most);
    }

    long count() {
        return count;
    }

    long distinct() {
        return Math.round(distinct.getEstimate());
    }

    /// The most asked first; none that may be there by the estimate's error alone.
    List<Often> most(int limit) {
        List<Often> often = new ArrayList<>();
        if (!most.isEmpty()) {
            for (var row : most.getFrequentItems(ErrorType.NO_FALSE_POSITIVES)) {
                if (often.size() < limit) {
                    often.add(new Often(row.getItem(), row.getLowerBound(), row.getEstimate()));
                }
            }
        }
        return often;
    }

    Kept kept(String issuer) {
        Base64.Encoder base64 = Base64.getEncoder();
        return new Kept(
                issuer,
                count,
                base64.encodeToString(distinct.toCompactByteArray()),
                base64.encodeToString(most.toByteArray(STRINGS)));
    }

    /// @throws RuntimeException the octets are no sketches
    static Asked of(Kept kept) {
        Asked asked = new Asked();
        asked.count = kept.count();
        asked.distinct = HllSketch.heapify(Base64.getDecoder().decode(kept.distinct()));
        asked.most =
                FrequentItemsSketch.getInstance(
                        MemorySegment.ofArray(Base64.getDecoder().decode(kept.most())), STRINGS);
        return asked;
    }
}
