package org.precertocsp.responder.monitor.rule;

import java.util.Optional;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.monitor.question.Question;
import org.precertocsp.responder.monitor.response.Reading;
import org.precertocsp.responder.monitor.response.ResponseReader;
import org.precertocsp.responder.monitor.response.SignedReading;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireReply;

/// One question, how it was put, and what came back.
///
/// @param method GET or POST
record Asked(String method, Question question, Outcome outcome, Reading reading) {
    static Asked of(String method, Question question, Outcome outcome) {
        return new Asked(method, question, outcome, ResponseReader.read(outcome));
    }

    HashAlgorithm hash() {
        return question.asked().hashAlgorithm();
    }

    /// Such as `GET SHA-1`.
    String how() {
        return method + " " + hash().jcaName();
    }

    String seen() {
        return how() + ": " + reading.summary();
    }

    Optional<WireReply> reply() {
        return outcome instanceof Outcome.Replied(WireReply reply)
                ? Optional.of(reply)
                : Optional.empty();
    }

    Optional<SignedReading> signed() {
        return reading instanceof Reading.Signed(SignedReading response)
                ? Optional.of(response)
                : Optional.empty();
    }

    Optional<SingleReading> single() {
        return signed().flatMap(response -> response.about(question.asked()));
    }

    /// Signed, and good or revoked. Whether the signature is right is another question.
    boolean isDefinitive() {
        return single().filter(SingleReading::isDefinitive).isPresent();
    }

    boolean isRefusal(int code) {
        return reading instanceof Reading.Refusal refusal && refusal.code() == code;
    }

    /// Whether it is an OCSP response at all.
    boolean isOcsp() {
        return !(reading instanceof Reading.None);
    }
}
