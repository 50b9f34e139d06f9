package org.precertocsp.responder.monitor;

import java.util.Optional;
import org.precertocsp.ocsp.HashAlgorithm;

/// A request and its response.
///
/// @param method GET or POST
/// @param objection why a client would not accept the response; empty if it would, or if it is not
///   signed
record Exchange(
        String method,
        CheckRequest request,
        HttpOutcome outcome,
        ParsedResponse reading,
        Optional<String> objection) {
    static Exchange of(
            String method, CheckRequest request, HttpOutcome outcome, ResponseValidator trust) {
        ParsedResponse reading = OcspResponseParser.read(outcome);
        Optional<String> objection =
                outcome instanceof HttpOutcome.Replied(RawHttpResponse reply)
                                && reading
                                        instanceof
                                        ParsedResponse.Signed(ParsedBasicResponse response)
                        ? trust.objection(reply, response, request.certId())
                        : Optional.empty();
        return new Exchange(method, request, outcome, reading, objection);
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

    Optional<RawHttpResponse> reply() {
        return outcome instanceof HttpOutcome.Replied(RawHttpResponse reply)
                ? Optional.of(reply)
                : Optional.empty();
    }

    Optional<ParsedBasicResponse> signed() {
        return reading instanceof ParsedResponse.Signed(ParsedBasicResponse response)
                ? Optional.of(response)
                : Optional.empty();
    }

    Optional<ParsedSingleResponse> single() {
        return signed().flatMap(response -> response.about(request.certId()));
    }

    /// Good or revoked, whatever else is wrong with the response.
    boolean isDefinitive() {
        return single().filter(ParsedSingleResponse::isDefinitive).isPresent();
    }

    /// Good or revoked, and a strict client would accept it, as required for an assigned serial
    /// (SA-01).
    boolean isUsable() {
        return isDefinitive() && objection.isEmpty();
    }

    boolean isRefusal(int code) {
        return reading instanceof ParsedResponse.Refusal refusal && refusal.code() == code;
    }

    /// Whether it is an OCSP response.
    boolean isOcsp() {
        return !(reading instanceof ParsedResponse.None);
    }
}
