package org.precertocsp.responder.metrics.unassigned;

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

/// Requests for one issuer's unassigned serials in a period, in constant memory: the count is
/// exact, the number of different serials and the most requested ones are estimates (Apache
/// DataSketches). Not thread-safe.
final class SerialRequestSketch {
    /// Standard error of the distinct count: 1.6 %.
    private static final int LG_DISTINCT = 12;

    /// Maximum number of serials tracked at once is three quarters of this. A serial with more than
    /// one of 300 requests is certainly among them.
    private static final int MOST_ASKED_MAP = 1_024;

    private static final ArrayOfStringsSerDe STRINGS = new ArrayOfStringsSerDe();
    private static final HexFormat HEX = HexFormat.of();

    /// A serial and the number of its requests.
    ///
    /// @param atLeast a lower bound
    /// @param about the estimate
    record Often(String serial, long atLeast, long about) {}

    /// The format on disk, with the sketches in base64.
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

    /// Adds requests whose serials were lost.
    void addUnseen(long requests) {
        count += requests;
    }

    void merge(SerialRequestSketch other) {
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

    /// The most requested first; none that may be due to the estimate's error only.
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

    /// @throws RuntimeException the data are not sketches
    static SerialRequestSketch of(Kept kept) {
        SerialRequestSketch asked = new SerialRequestSketch();
        asked.count = kept.count();
        asked.distinct = HllSketch.heapify(Base64.getDecoder().decode(kept.distinct()));
        asked.most =
                FrequentItemsSketch.getInstance(
                        MemorySegment.ofArray(Base64.getDecoder().decode(kept.most())), STRINGS);
        return asked;
    }
}
