package org.precertocsp.responder.answer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailable;
import org.precertocsp.signer.SingleAnswer;

/// The last layer: has the answer signed now.
///
/// A request for several certificates is answered whole (RP-04): where at least one serial is
/// assigned, the unassigned ones beside it are `unknown`, since one response cannot be partly
/// `unauthorized`, and the answer is not cached.
final class LiveAnswers {
    private final AnswerConfig config;
    private final SteadyClock clock;
    private final UnassignedWatch watch;

    /// @param watch hears of the serials nobody assigned
    LiveAnswers(Shared shared, UnassignedWatch watch) {
        this.config = shared.config();
        this.clock = shared.clock();
        this.watch = watch;
    }

    /// @param findings for each item of the request
    /// @param asOf the time before they were read
    Answer answer(
            ResolvedRequest request,
            ServedIssuer issuer,
            List<Finding> findings,
            SteadyClock.TimeRange asOf) {
        boolean anyKnown = false;
        boolean anyUnknown = false;
        for (Finding finding : findings) {
            switch (finding) {
                case Finding.Known _ -> anyKnown = true;
                case Finding.Unassigned _ -> anyUnknown = true;
                case Finding.Announced _ -> {
                    return new Answer.Busy(
                            config.retryAfter(), "announced, its precertificate not yet signed");
                }
            }
        }
        if (anyUnknown) {
            reportUnassigned(request, findings);
        }
        if (!anyKnown && config.unassigned() == AnswerConfig.Unassigned.UNAUTHORIZED) {
            return new Answer.NotOurs("unassigned serial");
        }
        try {
            return sign(request, issuer, findings, asOf, anyUnknown);
        } catch (ClockFailure e) {
            return new Answer.Busy(config.retryAfter(), "CLOCK: " + e.getMessage());
        } catch (SignerUnavailable e) {
            return new Answer.Busy(config.retryAfter(), e.reason() + ": " + e.getMessage());
        }
    }

    private Answer sign(
            ResolvedRequest request,
            ServedIssuer issuer,
            List<Finding> findings,
            SteadyClock.TimeRange asOf,
            boolean anyUnknown)
            throws SignerUnavailable {
        // An unknown may become assigned at any moment, so it is valid for as short as is allowed.
        Duration validity = anyUnknown ? issuer.profile().minValidity() : issuer.validity();
        Optional<Nonce> nonce =
                config.repeatsNonce(request.nonce()) ? request.nonce() : Optional.empty();
        ResponseContent content =
                new ResponseContent(
                        singles(request, findings),
                        clock.window(asOf, validity),
                        nonce,
                        issuer.profile().retentionPastExpiry(),
                        request.arrival());
        boolean once = anyUnknown || nonce.isPresent();
        boolean shareable = !once && request.size() == 1;
        SignedResponse response = (shareable ? issuer.signer() : issuer.singleUse()).sign(content);
        if (!asOf.isIn(response.window())) {
            // Shortened to the end of a certificate, which has passed if the later time is right.
            throw new ClockFailure("it may be after " + response.window().nextUpdate());
        }
        if (once) {
            return new Answer.ServedOnce(response, !anyUnknown);
        }
        return new Answer.Served(
                response,
                RenewalDeadline.of(response.window()),
                issuer.caching().of(request.certId(0).serial()));
    }

    private static List<SingleAnswer> singles(ResolvedRequest request, List<Finding> findings) {
        List<SingleAnswer> singles = new ArrayList<>(findings.size());
        for (int i = 0; i < findings.size(); i++) {
            CertStatus status =
                    findings.get(i) instanceof Finding.Known(CertStatus known)
                            ? known
                            : new CertStatus.Unknown();
            singles.add(new SingleAnswer(request.certId(i), status));
        }
        return singles;
    }

    private void reportUnassigned(ResolvedRequest request, List<Finding> findings) {
        for (int i = 0; i < findings.size(); i++) {
            Optional<SerialKey> serial = request.serial(i);
            if (findings.get(i) instanceof Finding.Unassigned && serial.isPresent()) {
                byte[] content = serial.get().serial().content().toArray();
                watch.asked(serial.get().issuer(), content, 0, content.length);
            }
        }
    }
}
