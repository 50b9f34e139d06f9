package org.precertocsp.responder.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.ResolvedRequest;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.signer.SignedResponse;

/// Answers everything the same way, and can be made to wait.
final class FakeSource implements ResponseSource {
    static final Instant NOW = Instant.parse("2026-03-05T12:00:00.750Z");
    static final Instant THIS_UPDATE = Instant.parse("2026-03-05T11:00:00Z");
    static final Instant NEXT_UPDATE = Instant.parse("2026-03-07T11:00:00Z");
    static final Instant RENEWAL = Instant.parse("2026-03-06T11:00:00Z");
    static final ByteString DER = ByteString.ofHex("3003".repeat(400));

    static final Answer SERVED = new Answer.Served(response(THIS_UPDATE, NEXT_UPDATE), RENEWAL);

    final AtomicReference<Answer> answer = new AtomicReference<>(SERVED);
    final List<OcspRequest> asked = new CopyOnWriteArrayList<>();
    final List<String> threads = new CopyOnWriteArrayList<>();
    final Semaphore entered = new Semaphore(0);
    private final Semaphore leave = new Semaphore(Integer.MAX_VALUE / 2);

    static SignedResponse response(Instant thisUpdate, Instant nextUpdate) {
        return new SignedResponse(DER, thisUpdate, new ValidityWindow(thisUpdate, nextUpdate));
    }

    /// From now on every answer waits for [#release].
    void hold() {
        leave.drainPermits();
    }

    void release() {
        leave.release(1000);
    }

    @Override
    public Answer answer(ResolvedRequest request) {
        asked.add(request.query());
        threads.add(Thread.currentThread().getName());
        entered.release();
        try {
            leave.acquire();
        } catch (InterruptedException _) {
            return new Answer.Busy(Duration.ofSeconds(1), "interrupted");
        }
        return answer.get();
    }
}
