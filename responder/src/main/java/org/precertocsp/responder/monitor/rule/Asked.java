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
/// @param objection why a relying party would not use the answer; empty if it would, or if it is
///   not a signed one
record Asked(
        String method,
        Question question,
        Outcome outcome,
        Reading reading,
        Optional<String> objection) {
    static Asked of(String method, Question question, Outcome outcome, AnswerTrust trust) {
        Reading reading = ResponseReader.read(outcome);
        Optional<String> objection =
                outcome instanceof Outcome.Replied(WireReply reply)
                                && reading instanceof Reading.Signed(SignedReading response)
                        ? trust.objection(reply, response, question.asked())
                        : Optional.empty();
        return new Asked(method, question, outcome, reading, objection);
    }

    HashAlgorithm hash() {
        return question.asked().hashAlgorithm();
    }

    /// Such as `GET SHA-1`.
    String how() {
        return method + " " + hash().jcaName();
    }

    String seen() {
        return how() + ": " + summary();
    }

    /// What is answered, and why it cannot be used where it cannot.
    String summary() {
        return reading.summary() + objection.map(why -> ", not usable: " + why).orElse("");
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

    /// Good or revoked, whatever else is wrong with the answer.
    boolean isDefinitive() {
        return single().filter(SingleReading::isDefinitive).isPresent();
    }

    /// Good or revoked, and a strict relying party would believe it: what an assigned serial is
    /// owed (SA-01).
    boolean isUsable() {
        return isDefinitive() && objection.isEmpty();
    }

    boolean isRefusal(int code) {
        return reading instanceof Reading.Refusal refusal && refusal.code() == code;
    }

    /// Whether it is an OCSP response at all.
    boolean isOcsp() {
        return !(reading instanceof Reading.None);
    }
}
