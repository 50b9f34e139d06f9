package org.precertocsp.responder.store;

import java.util.Arrays;

/// Sorts the rows of a set by family and key without an object for each.
///
/// A row becomes one number: the five bytes after the prefix that all keys of its family share, and
/// the row's index. Numbers are sorted; rows with equal five bytes are sorted by the bytes after
/// them, or compared if they are few.
final class RowSorter {
    /// Rows by their index.
    interface RowSource {
        byte family(int row);

        /// A byte of its key, from 0; 0 beyond its end.
        int keyByte(int row, int index);

        int compareKeys(int row, int other);

        /// The length of the common prefix of two keys.
        int sharedBytes(int row, int other);
    }

    static final int NUMBER_BITS = 24;
    static final int MAX_ROWS = 1 << NUMBER_BITS;

    private static final int KEY_BYTES = 5;
    // 2,016 comparisons at worst.
    private static final int FEW = 64;

    private RowSorter() {}

    /// @param rows how many there are, at most [#MAX_ROWS]
    static int[] sorted(RowSource source, int rows) {
        int[] starts = new int[ColumnFamily.values().length + 1];
        for (int row = 0; row < rows; row++) {
            starts[source.family(row) + 1]++;
        }
        Arrays.parallelPrefix(starts, Integer::sum);
        int[] order = new int[rows];
        int[] next = starts.clone();
        for (int row = 0; row < rows; row++) {
            order[next[source.family(row)]++] = row;
        }
        for (int family = 0; family + 1 < starts.length; family++) {
            sort(source, order, starts[family], starts[family + 1]);
        }
        return order;
    }

    /// Sorts the rows of one family at these indexes.
    private static void sort(RowSource source, int[] order, int from, int to) {
        if (to - from <= FEW) {
            insert(source, order, from, to);
            return;
        }
        long[] numbers = numbers(source, order, from, to);
        Arrays.parallelSort(numbers);
        for (int i = 0; i < numbers.length; i++) {
            order[from + i] = (int) numbers[i] & (MAX_ROWS - 1);
        }
        if (numbers[0] >>> NUMBER_BITS == numbers[numbers.length - 1] >>> NUMBER_BITS) {
            // Only keys that differ in zero bytes at their ends.
            sortObjects(source, order, from, to);
        } else {
            sortTies(source, order, from, numbers);
        }
    }

    private static long[] numbers(RowSource source, int[] order, int from, int to) {
        int shared = Integer.MAX_VALUE;
        for (int i = from; i < to; i++) {
            shared = Math.min(shared, source.sharedBytes(order[from], order[i]));
        }
        long[] numbers = new long[to - from];
        for (int i = from; i < to; i++) {
            numbers[i - from] = number(source, order[i], shared);
        }
        return numbers;
    }

    private static long number(RowSource source, int row, int shared) {
        long start = 0;
        for (int i = 0; i < KEY_BYTES; i++) {
            start = (start << 8) | source.keyByte(row, shared + i);
        }
        // The sign bit is flipped, since numbers are compared as signed ones.
        return (start << NUMBER_BITS | row) ^ Long.MIN_VALUE;
    }

    private static void sortTies(RowSource source, int[] order, int from, long[] numbers) {
        int start = 0;
        for (int i = 1; i <= numbers.length; i++) {
            if (i == numbers.length
                    || numbers[i] >>> NUMBER_BITS != numbers[start] >>> NUMBER_BITS) {
                sort(source, order, from + start, from + i);
                start = i;
            }
        }
    }

    private static void sortObjects(RowSource source, int[] order, int from, int to) {
        Integer[] rows = Arrays.stream(order, from, to).boxed().toArray(Integer[]::new);
        Arrays.sort(rows, source::compareKeys);
        for (int i = from; i < to; i++) {
            order[i] = rows[i - from];
        }
    }

    private static void insert(RowSource source, int[] order, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int row = order[i];
            int at = i;
            while (at > from && source.compareKeys(order[at - 1], row) > 0) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = row;
        }
    }
}
