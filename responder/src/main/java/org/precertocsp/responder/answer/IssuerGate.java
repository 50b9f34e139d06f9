package org.precertocsp.responder.answer;

import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.precertocsp.responder.request.OcspQuery;

/// Turns away what no issuer of ours could answer, before it costs a look-up or a signature.
///
/// One response has one signer, and a signer speaks for one issuer key only (RC-02): a query that
/// mixes issuers we serve cannot be answered whole, and in part it would call assigned serials
/// unknown.
public final class IssuerGate implements ResponseSource {
    private final IssuerDirectory issuers;
    private final ResponseSource next;

    public IssuerGate(IssuerDirectory issuers, ResponseSource next) {
        this.issuers = issuers;
        this.next = next;
    }

    @Override
    public Answer answer(OcspQuery query, Instant arrival) {
        return switch (issuersOf(query)) {
            case 0 -> new Answer.NotOurs("no issuer of ours");
            case 1 -> next.answer(query, arrival);
            default -> new Answer.NotOurs("one request asks about several issuers");
        };
    }

    private int issuersOf(OcspQuery query) {
        if (query.certIds().size() == 1) {
            return issuers.of(query.certIds().getFirst()).isPresent() ? 1 : 0;
        }
        Set<ServedIssuer> asked =
                query.certIds().stream()
                        .flatMap(certId -> issuers.of(certId).stream())
                        .collect(Collectors.toSet());
        return asked.size();
    }
}
