package org.precertocsp.loadtest.requests;

import java.util.Optional;
import java.util.function.LongToIntFunction;
import org.precertocsp.loadtest.requests.Question.Method;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.Octets;

/// Requests for a population in a given mix.
final class PopulationSupply implements RequestSupply {
    /// RFC 9654 §2.1 recommends 32.
    static final int NONCE_BYTES = 32;

    private static final int SHARE_BITS = 16;
    private static final int WHOLE = 1 << SHARE_BITS;

    private final Population population;
    private final Mix mix;

    /// The row of the assigned serials that the n-th request is for.
    private final LongToIntFunction order;

    private final int getBelow;
    private final int sha256Below;
    private final int nonceBelow;
    private final int unassignedBelow;

    PopulationSupply(Population population, Mix mix) {
        this.population = population;
        this.mix = mix;
        Mix.Shares shares = mix.shares();
        getBelow = threshold(shares.get());
        sha256Below = threshold(shares.sha256());
        nonceBelow = threshold(shares.nonce());
        unassignedBelow = threshold(shares.unassigned());
        requireRows("assigned", population.assigned(), unassignedBelow < WHOLE);
        requireRows("unassigned", population.unassigned(), unassignedBelow > 0);
        order = order(mix, Math.max(1, population.assigned().size()));
    }

    private static LongToIntFunction order(Mix mix, int rows) {
        return switch (mix.order()) {
            case Mix.Order.Sequential _ -> index -> (int) (index % rows);
            case Mix.Order.Zipf zipf -> new ZipfOrder(zipf.skew(), rows, mix.seed())::row;
        };
    }

    private static int threshold(double share) {
        return (int) Math.round(share * WHOLE);
    }

    private static void requireRows(String which, SerialTable table, boolean included) {
        if (included && table.size() == 0) {
            throw new IllegalArgumentException("there is no " + which + " serial to request");
        }
    }

    @Override
    public RequestEncoder encoder(Target target, boolean keepAlive) {
        return new TemplateEncoder(this, population.issuer().key(), target, keepAlive);
    }

    @Override
    public Question question(long index) {
        long random = random(index);
        SerialTable table = table(random);
        int row = row(random, index);
        int kind = kind(random, table.expected(row));
        return new Question(
                table.serial(row),
                table.expected(row),
                EncodedRequest.isGet(kind) ? Method.GET : Method.POST,
                EncodedRequest.isSha256(kind) ? HashAlgorithm.SHA256 : HashAlgorithm.SHA1,
                EncodedRequest.hasNonce(kind) ? Optional.of(nonceOf(random)) : Optional.empty());
    }

    private static Nonce nonceOf(long random) {
        byte[] bytes = new byte[NONCE_BYTES];
        writeNonce(random, bytes, 0);
        return new Nonce(Octets.of(bytes));
    }

    long random(long index) {
        return Scramble.of(mix.seed(), index);
    }

    // Each share looks at other bits of the same random number, so that they are independent.
    int kind(long random, Expected expected) {
        return EncodedRequest.kind(
                expected,
                bits(random, 0) < getBelow,
                bits(random, 1) < sha256Below,
                bits(random, 2) < nonceBelow);
    }

    private boolean asksUnassigned(long random) {
        return bits(random, 3) < unassignedBelow;
    }

    private static int bits(long random, int which) {
        return (int) (random >>> (which * SHARE_BITS)) & (WHOLE - 1);
    }

    SerialTable table(long random) {
        return asksUnassigned(random) ? population.unassigned() : population.assigned();
    }

    int row(long random, long index) {
        return asksUnassigned(random)
                ? (int) (index % population.unassigned().size())
                : order.applyAsInt(index);
    }

    static void writeNonce(long random, byte[] into, int offset) {
        for (int i = 0; i < NONCE_BYTES; i += Long.BYTES) {
            long word = Scramble.of(random, i);
            for (int j = 0; j < Long.BYTES; j++) {
                into[offset + i + j] = (byte) (word >>> (8 * j));
            }
        }
    }
}
