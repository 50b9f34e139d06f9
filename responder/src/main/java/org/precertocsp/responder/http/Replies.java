package org.precertocsp.responder.http;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.request.OcspError;
import org.precertocsp.signer.SignedResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From an answer to HTTP: the one page where each kind of answer gets its headers.
///
/// A POST gets the headers of a GET. They do no harm: without Content-Location no cache may reuse
/// the answer to a POST (HT-15), and the client that asked learns when to ask again.
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private final LogBudget budget = new LogBudget(LOG);

    /// @param ifNoneMatch the conditions of a GET or HEAD; none for a POST
    /// @param canonical false for another spelling of the request, whose answer caches must not
    ///   keep
    HttpReply to(Answer answer, List<String> ifNoneMatch, boolean canonical, Instant now) {
        return switch (answer) {
            case Answer.Served served -> served(served, ifNoneMatch, canonical, now);
            case Answer.ServedOnce once -> servedOnce(once, now);
            case Answer.NotOurs(String why) -> {
                LOG.debug("unauthorized: {}", why);
                yield HttpReply.error(OcspError.UNAUTHORIZED);
            }
            case Answer.Busy busy -> {
                LOG.debug("tryLater: {}", busy.why());
                yield HttpReply.tryLater(busy.retryAfter());
            }
            case Answer.Failed(String why) -> failed(why);
        };
    }

    private HttpReply served(
            Answer.Served served, List<String> ifNoneMatch, boolean canonical, Instant now) {
        if (!served.response().window().covers(now)) {
            return expired(served.response(), now);
        }
        Map<String, String> fields =
                canonical ? Validators.cacheable(served, now) : Validators.uncacheable(served, now);
        return Validators.matches(ifNoneMatch, fields.getOrDefault("ETag", ""))
                ? HttpReply.notModified(fields)
                : HttpReply.ocsp(served.response().der(), fields);
    }

    private HttpReply servedOnce(Answer.ServedOnce once, Instant now) {
        if (!once.response().window().covers(now)) {
            return expired(once.response(), now);
        }
        return HttpReply.ocsp(once.response().der(), Validators.once(once.authoritative()));
    }

    /// Invariant 5, asserted at the last place that can: silence is safer than a stale status.
    private HttpReply expired(SignedResponse response, Instant now) {
        return failed("a response for " + response.window() + " was about to be sent at " + now);
    }

    private HttpReply failed(String why) {
        budget.error("internalError: " + why);
        return HttpReply.error(OcspError.INTERNAL_ERROR);
    }
}
