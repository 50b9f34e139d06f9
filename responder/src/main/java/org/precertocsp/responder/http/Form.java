package org.precertocsp.responder.http;

import java.time.Instant;
import java.util.List;
import org.precertocsp.responder.answer.Answer;

/// The form a reply takes on its way out, which depends on how the request came in.
sealed interface Form<R> {
    R of(Answer answer, Instant now);

    R of(HttpReply reply);

    /// What it is counted as.
    String outcome(R reply);

    /// For the encoder.
    ///
    /// @param conditions of a GET or HEAD; none for a POST
    /// @param canonical false for another spelling of the request
    record Http(Replies replies, List<String> conditions, boolean canonical)
            implements Form<HttpReply> {
        @Override
        public HttpReply of(Answer answer, Instant now) {
            return replies.to(answer, conditions, canonical, now);
        }

        @Override
        public HttpReply of(HttpReply reply) {
            return reply;
        }

        @Override
        public String outcome(HttpReply reply) {
            return Traffic.outcome(reply);
        }
    }

    /// For a plain request.
    record Prepared(Replies replies) implements Form<PreparedReply> {
        @Override
        public PreparedReply of(Answer answer, Instant now) {
            return answer instanceof Answer.Served served && served.response().window().covers(now)
                    ? PreparedReply.of(served)
                    : of(replies.to(answer, List.of(), true, now));
        }

        @Override
        public PreparedReply of(HttpReply reply) {
            return PreparedReply.of(reply);
        }

        @Override
        public String outcome(PreparedReply reply) {
            return reply.outcome();
        }
    }
}
