package org.precertocsp.responder.monitor.rule;

import java.util.Optional;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.monitor.question.CheckRequest;
import org.precertocsp.responder.monitor.response.Reading;
import org.precertocsp.responder.monitor.response.ResponseReader;
import org.precertocsp.responder.monitor.response.SignedReading;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireReply;

/// A request and its response.
///
/// @param method GET or POST
/// @param objection why a client would not accept the response; empty if it would, or if it is not
///   signed
record Asked(
        String method,
        CheckRequest request,
        Outcome outcome,
        Reading reading,
        Optional<String> objection) {
    static Asked of(String method, CheckRequest request, Outcome outcome, AnswerTrust trust) {
        Reading reading = ResponseReader.read(outcome);
        Optional<String> objection =
                outcome instanceof Outcome.Replied(WireReply reply)
                                && reading instanceof Reading.Signed(SignedReading response)
                        ? trust.objection(reply, response, request.certId())
                        : Optional.empty();
        return new Asked(method, request, outcome, reading, objection);
    }

    HashAlgorithm hash() {
        return request.certId().hashAlgorithm();
    }

    /// Such as `GET SHA-1`.
    String how() {
        return method + " " + hash().jcaName();
    }

    String seen() {
        return how() + ": " + summary();
    }

    /// The response's status, and why it cannot be used if so.
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
        return signed().flatMap(response -> response.about(request.certId()));
    }

    /// Good or revoked, whatever else is wrong with the response.
    boolean isDefinitive() {
        return single().filter(SingleReading::isDefinitive).isPresent();
    }

    /// Good or revoked, and a strict client would accept it, as required for an assigned serial
    /// (SA-01).
    boolean isUsable() {
        return isDefinitive() && objection.isEmpty();
    }

    boolean isRefusal(int code) {
        return reading instanceof Reading.Refusal refusal && refusal.code() == code;
    }

    /// Whether it is an OCSP response.
    boolean isOcsp() {
        return !(reading instanceof Reading.None);
    }
}
