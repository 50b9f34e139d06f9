package org.precertocsp.responder.answer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.request.OcspQuery;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailable;
import org.precertocsp.signer.SingleAnswer;

/// The last link: looks the status up and has the answer signed now.
///
/// A request for several certificates is answered whole (RP-04): where at least one serial is
/// assigned, the unassigned ones beside it are `unknown`, since one response cannot be partly
/// `unauthorized`, and the answer is not cached.
public final class LiveSource implements ResponseSource {
    private final IssuerDirectory issuers;
    private final StatusLookup lookup;
    private final AnswerConfig config;
    private final InstantSource clock;

    public LiveSource(
            IssuerDirectory issuers,
            StatusReader statuses,
            AnswerConfig config,
            InstantSource clock) {
        this.issuers = issuers;
        this.lookup = new StatusLookup(issuers, statuses);
        this.config = config;
        this.clock = clock;
    }

    @Override
    public Answer answer(OcspQuery query, Instant arrival) {
        Optional<ServedIssuer> issuer =
                query.certIds().stream().flatMap(id -> issuers.of(id).stream()).findFirst();
        if (issuer.isEmpty()) {
            return new Answer.NotOurs("no issuer of ours");
        }
        try {
            return judge(query, issuer.get(), arrival);
        } catch (StoreFailure | ClockFailure e) {
            return new Answer.Failed(String.valueOf(e.getMessage()));
        } catch (SignerUnavailable e) {
            return new Answer.Busy(config.retryAfter(), e.reason() + ": " + e.getMessage());
        }
    }

    private Answer judge(OcspQuery query, ServedIssuer issuer, Instant arrival)
            throws SignerUnavailable {
        while (true) {
            Instant asOf = clock.instant();
            List<Finding> findings = find(query);
            Answer answer = answer(query, issuer, findings, asOf, arrival);
            // A revocation acknowledged while we signed must not be followed by a good: look again
            // (invariant 4). What was not signed says nothing that could have been overtaken.
            if (!isSigned(answer) || find(query).equals(findings)) {
                return answer;
            }
        }
    }

    private static boolean isSigned(Answer answer) {
        return switch (answer) {
            case Answer.Served _, Answer.ServedOnce _ -> true;
            case Answer.NotOurs _, Answer.Busy _, Answer.Failed _ -> false;
        };
    }

    private List<Finding> find(OcspQuery query) {
        return query.certIds().stream().map(lookup::find).toList();
    }

    private Answer answer(
            OcspQuery query,
            ServedIssuer issuer,
            List<Finding> findings,
            Instant asOf,
            Instant arrival)
            throws SignerUnavailable {
        if (findings.contains(new Finding.Announced())) {
            return new Answer.Busy(
                    config.retryAfter(), "announced, its precertificate not yet signed");
        }
        boolean anyKnown = findings.stream().anyMatch(Finding.Known.class::isInstance);
        if (!anyKnown && config.unassigned() == AnswerConfig.Unassigned.UNAUTHORIZED) {
            return new Answer.NotOurs("unassigned serial");
        }
        boolean anyUnknown = findings.contains(new Finding.Unassigned());
        // An unknown may become assigned at any moment, so it speaks for as short as is allowed.
        Duration validity = anyUnknown ? issuer.profile().minValidity() : issuer.validity();
        ResponseContent content =
                new ResponseContent(
                        singles(query.certIds(), findings),
                        ValidityWindow.from(asOf, validity),
                        echo(query),
                        issuer.profile().retentionPastExpiry(),
                        arrival);
        SignedResponse response = issuer.signer().sign(content);
        if (anyUnknown || content.nonce().isPresent()) {
            return new Answer.ServedOnce(response, !anyUnknown);
        }
        return new Answer.Served(response, RenewalDeadline.of(response.window()));
    }

    private static List<SingleAnswer> singles(List<CertId> certIds, List<Finding> findings) {
        List<SingleAnswer> singles = new ArrayList<>();
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
        return config.nonces() == AnswerConfig.Nonces.ECHO
                ? query.nonce().filter(Nonce::isEchoable)
                : Optional.empty();
    }
}
