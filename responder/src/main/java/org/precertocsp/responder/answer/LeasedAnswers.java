package org.precertocsp.responder.answer;

import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.status.ChangeEpochs.Mark;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;

/// The answers of a node that must prove to itself that it is current. While its [AnswerLease] is
/// valid this adds a call of [AnswerLease#isValid] to a request; otherwise it answers only what
/// cannot have become wrong, such as `revoked`, and `tryLater` where the status needs the lease.
///
/// The lease comes first: whatever was acknowledged long enough before it was found valid is in the
/// store, and in the change epochs, when the status is read afterwards, be it from the store or
/// from an answer in memory. The other way round, an answer read before such a change could be sent
/// after a lease that came with it.
///
/// Without a valid lease the status is read here first, and if it changes before the answer is
/// made, once more.
public final class LeasedAnswers implements ResponseSource {
    private final ResponseSource source;
    private final AnswerContext shared;
    private final AnswerLease lease;

    public LeasedAnswers(ResponseSource source, AnswerContext shared, AnswerLease lease) {
        this.source = source;
        this.shared = shared;
        this.lease = lease;
    }

    @Override
    public Answer answer(ResolvedRequest request) {
        // Which issuers are served does not depend on changes.
        if (lease.isValid() || request.issuer().isEmpty()) {
            return source.answer(request);
        }
        while (true) {
            List<Mark> marks = request.marks(shared.epochs());
            try {
                if (needsLease(request)) {
                    return new Answer.Busy(
                            shared.config().retryAfter(),
                            "this node does not know whether its statuses are current");
                }
            } catch (StoreException e) {
                return new Answer.Failed(String.valueOf(e.getMessage()));
            }
            Answer answer = source.answer(request);
            if (marks.stream().allMatch(Mark::isCurrent)) {
                return answer;
            }
        }
    }

    private boolean needsLease(ResolvedRequest request) {
        for (int i = 0; i < request.size(); i++) {
            Optional<SerialKey> serial = request.serial(i);
            Optional<StatusRecord> status = serial.flatMap(shared.statuses()::find);
            if (lease.isNeeded(status)) {
                return true;
            }
        }
        return false;
    }

    /// What is read ahead is read before the lease is looked at again.
    @Override
    public void readAhead(List<ResolvedRequest> requests) {
        if (lease.isValid()) {
            source.readAhead(requests);
        }
    }
}
