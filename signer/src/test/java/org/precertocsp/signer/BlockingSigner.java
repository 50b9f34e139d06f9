package org.precertocsp.signer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;

/// Signs when the test lets it, as a token that hangs or fails.
final class BlockingSigner implements ResponseSigner {
    private static final int OPEN = 1_000_000;

    private final Semaphore entered = new Semaphore(0);
    private final Semaphore gate = new Semaphore(0);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final List<ResponseContent> begun = Collections.synchronizedList(new ArrayList<>());
    private volatile @Nullable Exception failure;
    private volatile boolean hangs = true;

    void open() {
        gate.release(OPEN);
    }

    void letThrough(int calls) {
        gate.release(calls);
    }

    void shut() {
        gate.drainPermits();
    }

    void failWith(@Nullable Exception wanted) {
        failure = wanted;
    }

    void awaitEntered(int calls) throws InterruptedException {
        entered.acquire(calls);
    }

    /// From now on says of itself that it just computes.
    void compute() {
        hangs = false;
    }

    @Override
    public boolean mayHang() {
        return hangs;
    }

    /// What was asked of it, in that order.
    List<ResponseContent> begun() {
        return List.copyOf(begun);
    }

    int calls() {
        return calls.get();
    }

    int mostRunning() {
        return mostRunning.get();
    }

    @Override
    public SignedResponse sign(ResponseContent content) throws SignerUnavailableException {
        calls.incrementAndGet();
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        begun.add(content);
        entered.release();
        // As native code does, it takes no notice of interrupts.
        gate.acquireUninterruptibly();
        running.decrementAndGet();
        Exception wanted = failure;
        if (wanted instanceof SignerUnavailableException refusal) {
            throw refusal;
        } else if (wanted instanceof RuntimeException defect) {
            throw defect;
        }
        return new SignedResponse(ByteString.of(), content.window().thisUpdate(), content.window());
    }
}
