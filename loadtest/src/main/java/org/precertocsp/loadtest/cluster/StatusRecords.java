package org.precertocsp.loadtest.cluster;

import java.util.Arrays;
import java.util.Random;

/// Records of the status log, as an authority appends changes that come at random: one record is on
/// its way at a time, and the next one takes what has come meanwhile.
final class StatusRecords {
    /// A record has no more changes than fit into 512 KiB.
    private static final int MAX_BYTES = 512 << 10;

    /// Of the time that an append takes, the part that varies.
    private static final double VARYING = 0.3;

    private final double[] inLog;
    private final double[] durable;
    private final int[] changes;
    private final double waited;

    private StatusRecords(double[] inLog, double[] durable, int[] changes, double waited) {
        this.inLog = inLog;
        this.durable = durable;
        this.changes = changes;
        this.waited = waited;
    }

    static StatusRecords of(ClusterPlan plan, double seconds, Random random) {
        ClusterPlan.Costs costs = plan.costs();
        int most =
                (int)
                        Math.max(
                                1,
                                (MAX_BYTES - costs.recordBytes())
                                        / Math.max(1, costs.changeBytes()));
        double way = plan.authorityMillis() / 2e3;
        double[] inLog = new double[1 << 10];
        double[] durable = new double[1 << 10];
        int[] changes = new int[1 << 10];
        int count = 0;
        double sum = 0;
        long total = 0;
        double next = gap(plan, random);
        double free = 0;
        while (next < seconds) {
            double begin = Math.max(next, free);
            int taken = 0;
            double cameSum = 0;
            while (next <= begin && taken < most) {
                taken++;
                cameSum += next;
                next += gap(plan, random);
            }
            double append =
                    costs.appendMillis()
                            / 1e3
                            * (1 - VARYING + VARYING * -Math.log(1 - random.nextDouble()));
            double stored = begin + way + append;
            free = stored + way + applying(costs, 1, taken);
            if (count == inLog.length) {
                inLog = Arrays.copyOf(inLog, 2 * count);
                durable = Arrays.copyOf(durable, 2 * count);
                changes = Arrays.copyOf(changes, 2 * count);
            }
            inLog[count] = stored;
            durable[count] = free;
            changes[count] = taken;
            count++;
            sum += taken * free - cameSum;
            total += taken;
        }
        return new StatusRecords(
                Arrays.copyOf(inLog, count),
                Arrays.copyOf(durable, count),
                Arrays.copyOf(changes, count),
                total == 0 ? 0 : sum / total);
    }

    private static double gap(ClusterPlan plan, Random random) {
        return -Math.log(1 - random.nextDouble()) / plan.changesPerSecond();
    }

    /// What it takes a node to check and write records, in seconds.
    static double applying(ClusterPlan.Costs costs, int records, long changes) {
        return records * costs.verifyMicros() / 1e6
                + changes * costs.rowsPerChange() / costs.rowsPerSecond()
                + costs.writeMicros() / 1e6;
    }

    int size() {
        return inLog.length;
    }

    /// When each was in the log, in seconds, rising. Must not be modified, as the others.
    double[] inLog() {
        return inLog;
    }

    /// When the authority had read each back and written it, in seconds.
    double[] durable() {
        return durable;
    }

    /// How many changes are in each.
    int[] changes() {
        return changes;
    }

    /// The mean time between the request for a change and its durability, in seconds.
    double waited() {
        return waited;
    }

    double bytes(int record, ClusterPlan.Costs costs) {
        return costs.recordBytes() + changes[record] * costs.changeBytes();
    }

    double totalBytes(ClusterPlan.Costs costs) {
        double bytes = 0;
        for (int i = 0; i < size(); i++) {
            bytes += bytes(i, costs);
        }
        return bytes;
    }
}
