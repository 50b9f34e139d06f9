package org.precertocsp.responder.metrics.unassigned;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerKey;

final class SerialRingBufferTest {
    private static final IssuerKey ISSUER = TestCa.root("CA").certificate().key();

    private final SerialRingBuffer ring = new SerialRingBuffer();

    @Test
    void what_one_thread_writes_another_reads_whole_and_in_order() throws InterruptedException {
        int many = 200_000;
        Thread writer = Thread.ofPlatform().start(() -> write(many));
        AtomicLong next = new AtomicLong();
        AtomicLong read = new AtomicLong();
        while (writer.isAlive() || read.get() + ring.lost() < many) {
            ring.drain(
                    (issuer, source, offset, length) -> {
                        ByteBuffer serial = ByteBuffer.wrap(source, offset, length);
                        long number = serial.getLong();
                        assertThat(serial.getLong()).isEqualTo(~number);
                        assertThat(number).isGreaterThanOrEqualTo(next.get());
                        next.set(number + 1);
                        read.incrementAndGet();
                    });
        }
        writer.join();
        assertThat(read.get() + ring.lost()).isEqualTo(many);
        assertThat(read.get()).isPositive();
    }

    @Test
    void a_full_ring_counts_what_it_loses_and_goes_on_when_emptied() {
        write(SerialRingBuffer.SLOTS + 5);
        assertThat(ring.lost()).isEqualTo(5);

        AtomicLong read = new AtomicLong();
        ring.drain((_, _, _, _) -> read.incrementAndGet());
        assertThat(read).hasValue(SerialRingBuffer.SLOTS);
        write(1);
        ring.drain((_, _, _, _) -> read.incrementAndGet());
        assertThat(read).hasValue(SerialRingBuffer.SLOTS + 1);
        assertThat(ring.lost()).isEqualTo(5);
    }

    private void write(int count) {
        byte[] source = new byte[32];
        for (long i = 0; i < count; i++) {
            ByteBuffer.wrap(source).putLong(3, i).putLong(11, ~i);
            ring.put(ISSUER, source, 3, 16);
        }
    }
}
