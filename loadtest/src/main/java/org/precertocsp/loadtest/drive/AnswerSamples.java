package org.precertocsp.loadtest.drive;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import org.precertocsp.loadtest.requests.RequestStream;

/// Sampled answers, and the results of checking them.
///
/// They are checked when the run is over, so that checking takes nothing from the driver or from a
/// server on the same machine; they are checked during the run only if very many have gathered.
final class AnswerSamples {
    /// About 64 MiB of usual answers.
    private static final int GATHERED = 32_768;

    private static final int MOST = 2 * GATHERED;
    private static final int EXAMPLES = 20;

    private final RequestStream stream;
    private final AnswerVerifier check;
    private final LinkedBlockingQueue<SampledAnswer> gathered = new LinkedBlockingQueue<>(MOST);
    private final Map<AnswerFault, Long> faults = new EnumMap<>(AnswerFault.class);
    private final List<WrongAnswer> examples = new ArrayList<>();
    private long verified;

    AnswerSamples(RequestStream stream, AnswerVerifier check) {
        this.stream = stream;
        this.check = check;
    }

    /// Never blocks; beyond the limit a sample is dropped, and the count of checked ones shows it.
    void offer(SampledAnswer sample) {
        boolean _ = gathered.offer(sample);
    }

    /// True when so many wait that checking should begin.
    boolean isFull() {
        return gathered.size() >= GATHERED;
    }

    /// Checks all that wait. Called on one thread at a time.
    synchronized void checkAll() {
        for (SampledAnswer sample = gathered.poll(); sample != null; sample = gathered.poll()) {
            verified++;
            check.check(stream.question(sample.index()), sample.body().toArray(), sample.received())
                    .ifPresent(this::add);
        }
    }

    /// Adds an answer that a first check has found to be wrong.
    void offerWrong(long index, AnswerFault fault, String seen) {
        add(new WrongAnswer(stream.question(index), fault, seen));
    }

    private synchronized void add(WrongAnswer wrong) {
        faults.merge(wrong.fault(), 1L, Long::sum);
        if (examples.size() < EXAMPLES) {
            examples.add(wrong);
        }
    }

    synchronized long wrong() {
        return faults.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized LoadTestResult.Outcome outcome(
            long completed, Map<RequestFailure, Long> failures) {
        return new LoadTestResult.Outcome(
                completed,
                Map.copyOf(failures),
                Map.copyOf(faults),
                verified,
                List.copyOf(examples));
    }
}
