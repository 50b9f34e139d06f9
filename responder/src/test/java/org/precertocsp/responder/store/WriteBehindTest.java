package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.task.BackgroundTasks;

final class WriteBehindTest {
    @Test
    @Timeout(20)
    void whatever_a_batch_meets_it_is_dropped_and_the_next_is_written() throws Exception {
        AtomicInteger batches = new AtomicInteger();
        List<Integer> kept = new CopyOnWriteArrayList<>();
        WriteBehind<Integer> behind =
                new WriteBehind<>(
                        BackgroundTasks.logged(),
                        "response-writer",
                        batch -> {
                            switch (batches.incrementAndGet()) {
                                case 1 -> throw new StoreException("No space left on device", null);
                                case 2 -> throw new IllegalStateException("a bug");
                                case 3 -> throw new OutOfMemoryError("told by a test");
                                default -> kept.addAll(batch);
                            }
                        });
        for (int i = 1; i <= 4; i++) {
            behind.offer(i);
            int offered = i;
            await(() -> behind.counts().written() + behind.counts().dropped() >= offered);
        }
        behind.offer(5);
        behind.close();

        assertThat(kept).containsExactly(4, 5);
        assertThat(behind.counts()).isEqualTo(new WriteBehind.Counts(2, 3, 0));
    }
}
