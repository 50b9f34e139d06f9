package org.precertocsp.responder.answer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.responder.request.OcspQuery;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeEpochs.Mark;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailable;
import org.precertocsp.signer.SingleAnswer;

/// The last link: looks the status up and has the answer signed now.
///
/// A request for several certificates is answered whole (RP-04), each looked up for itself: where
/// at least one serial is assigned, the unassigned ones beside it are `unknown`, since one response
/// cannot be partly `unauthorized`, and the answer is not cached. One signature covers the whole
/// response, so nothing of it can come from memory or disk, and no other request can share it.
public final class LiveSource implements ResponseSource {
    private final IssuerDirectory issuers;
    private final StatusLookup lookup;
    private final ChangeEpochs epochs;
    private final AnswerConfig config;
    private final SteadyClock clock;
    private final UnassignedWatch watch;

    public LiveSource(Shared shared) {
        this(shared, UnassignedWatch.NONE);
    }

    /// @param watch hears of the serials nobody assigned
    public LiveSource(Shared shared, UnassignedWatch watch) {
        this.watch = watch;
        this.issuers = shared.issuers();
        this.lookup = new StatusLookup(shared.issuers(), shared.statuses());
        this.epochs = shared.epochs();
        this.config = shared.config();
        this.clock = shared.clock();
    }

    @Override
    public Answer answer(OcspQuery query, Instant arrival) {
        Optional<ServedIssuer> issuer = issuerOf(query);
        if (issuer.isEmpty()) {
            return new Answer.NotOurs("no issuer of ours");
        }
        try {
            return judge(query, issuer.get(), arrival);
        } catch (StoreFailure e) {
            return new Answer.Failed(String.valueOf(e.getMessage()));
        } catch (ClockFailure e) {
            return new Answer.Busy(config.retryAfter(), "CLOCK: " + e.getMessage());
        } catch (SignerUnavailable e) {
            return new Answer.Busy(config.retryAfter(), e.reason() + ": " + e.getMessage());
        }
    }

    private Optional<ServedIssuer> issuerOf(OcspQuery query) {
        for (CertId certId : query.certIds()) {
            Optional<ServedIssuer> issuer = issuers.of(certId);
            if (issuer.isPresent()) {
                return issuer;
            }
        }
        return Optional.empty();
    }

    private Answer judge(OcspQuery query, ServedIssuer issuer, Instant arrival)
            throws SignerUnavailable {
        while (true) {
            List<Mark> marks = marks(query, issuer);
            SteadyClock.TimeRange asOf = clock.range();
            Answer answer = answer(query, issuer, find(query), asOf, arrival);
            // A revocation acknowledged while we signed must not be followed by a good: look again
            // (invariant 4). What was not signed says nothing that could have been overtaken.
            if (!isSigned(answer) || areCurrent(marks)) {
                return answer;
            }
        }
    }

    /// All of one issuer: the gate lets nothing else through.
    private List<Mark> marks(OcspQuery query, ServedIssuer issuer) {
        List<Mark> marks = new ArrayList<>(query.certIds().size());
        for (CertId certId : query.certIds()) {
            marks.add(epochs.mark(new SerialKey(issuer.key(), certId.serial())));
        }
        return marks;
    }

    private static boolean areCurrent(List<Mark> marks) {
        for (Mark mark : marks) {
            if (!mark.isCurrent()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSigned(Answer answer) {
        return switch (answer) {
            case Answer.Served _, Answer.ServedOnce _ -> true;
            case Answer.NotOurs _, Answer.Busy _, Answer.Failed _ -> false;
        };
    }

    private List<Finding> find(OcspQuery query) {
        List<Finding> findings = new ArrayList<>(query.certIds().size());
        for (CertId certId : query.certIds()) {
            findings.add(lookup.find(certId));
        }
        return findings;
    }

    private Answer answer(
            OcspQuery query,
            ServedIssuer issuer,
            List<Finding> findings,
            SteadyClock.TimeRange asOf,
            Instant arrival)
            throws SignerUnavailable {
        if (findings.contains(new Finding.Announced())) {
            return new Answer.Busy(
                    config.retryAfter(), "announced, its precertificate not yet signed");
        }
        tellOfUnassigned(query, findings);
        if (!anyKnown(findings) && config.unassigned() == AnswerConfig.Unassigned.UNAUTHORIZED) {
            return new Answer.NotOurs("unassigned serial");
        }
        boolean anyUnknown = findings.contains(new Finding.Unassigned());
        // An unknown may become assigned at any moment, so it speaks for as short as is allowed.
        Duration validity = anyUnknown ? issuer.profile().minValidity() : issuer.validity();
        ResponseContent content =
                new ResponseContent(
                        singles(query.certIds(), findings),
                        clock.window(asOf, validity),
                        echo(query),
                        issuer.profile().retentionPastExpiry(),
                        arrival);
        boolean once = anyUnknown || content.nonce().isPresent();
        boolean shareable = !once && query.certIds().size() == 1;
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
                issuer.caching().of(query.certIds().getFirst().serial()));
    }

    private void tellOfUnassigned(OcspQuery query, List<Finding> findings) {
        for (int i = 0; i < findings.size(); i++) {
            CertId certId = query.certIds().get(i);
            if (findings.get(i) instanceof Finding.Unassigned) {
                issuers.of(certId).ifPresent(issuer -> tell(issuer, certId));
            }
        }
    }

    private void tell(ServedIssuer issuer, CertId certId) {
        byte[] serial = certId.serial().content().toArray();
        watch.asked(issuer.key(), serial, 0, serial.length);
    }

    private static boolean anyKnown(List<Finding> findings) {
        for (Finding finding : findings) {
            if (finding instanceof Finding.Known) {
                return true;
            }
        }
        return false;
    }

    private static List<SingleAnswer> singles(List<CertId> certIds, List<Finding> findings) {
        List<SingleAnswer> singles = new ArrayList<>(certIds.size());
        for (int i = 0; i < certIds.size(); i++) {
            CertStatus status =
                    switch (findings.get(i)) {
                        case Finding.Known known -> known.status();
                        case Finding.Announced _, Finding.Unassigned _ -> new CertStatus.Unknown();
                    };
            singles.add(new SingleAnswer(certIds.get(i), status));
        }
        return singles;
    }

    private Optional<Nonce> echo(OcspQuery query) {
        return config.repeatsNonce(query) ? query.nonce() : Optional.empty();
    }
}
