package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Against a sort that compares whole keys.
final class RowSorterTest {
    private record Keys(List<byte[]> keys) implements RowSorter.RowSource {
        @Override
        public byte family(int row) {
            return (byte) (keys.get(row).length % 3);
        }

        @Override
        public int keyByte(int row, int index) {
            byte[] key = keys.get(row);
            return index < key.length ? key[index] & 0xff : 0;
        }

        @Override
        public int compareKeys(int row, int other) {
            return Arrays.compareUnsigned(keys.get(row), keys.get(other));
        }

        @Override
        public int sharedBytes(int row, int other) {
            int at = Arrays.mismatch(keys.get(row), keys.get(other));
            return at < 0 ? keys.get(row).length : at;
        }

        private int compare(int row, int other) {
            int byFamily = Byte.compare(family(row), family(other));
            return byFamily != 0 ? byFamily : compareKeys(row, other);
        }
    }

    @Property(tries = 100)
    void rows_come_by_family_and_key(@ForAll("keys") List<byte[]> keys) {
        Keys source = new Keys(keys);

        int[] sorted = RowSorter.sorted(source, keys.size());

        assertThat(sorted)
                .containsExactly(
                        IntStream.range(0, keys.size())
                                .boxed()
                                .sorted(source::compare)
                                .mapToInt(row -> row)
                                .toArray());
    }

    /// Of few octets, zeros among them, and so many that most begin alike.
    @Provide
    Arbitrary<List<byte[]>> keys() {
        return Arbitraries.of((byte) 0, (byte) 1, (byte) 0x80, (byte) 0xff)
                .list()
                .ofMaxSize(14)
                .list()
                .uniqueElements()
                .ofMaxSize(600)
                .map(lists -> lists.stream().map(RowSorterTest::toArray).toList());
    }

    private static byte[] toArray(List<Byte> octets) {
        byte[] array = new byte[octets.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = octets.get(i);
        }
        return array;
    }
}
