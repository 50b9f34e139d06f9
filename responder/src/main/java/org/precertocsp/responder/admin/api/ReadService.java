package org.precertocsp.responder.admin.api;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.admin.change.FactReader;
import org.precertocsp.responder.admin.change.Objection;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusAnswer;
import org.precertocsp.responder.status.StatusReader;

/// Reads issuers and the status of serials.
final class ReadService {
    record Issuers(List<Issuer> issuers) {}

    /// @param keySha256 as CertIDs have it under SHA-256
    record Issuer(
            String name,
            String subject,
            String profile,
            String nameSha256,
            String keySha256,
            List<String> reasons) {
        static Issuer of(FedIssuer issuer) {
            return new Issuer(
                    issuer.name(),
                    issuer.certificate().subject(),
                    issuer.profile().name(),
                    issuer.key().nameHash(HashAlgorithm.SHA256).toHex(),
                    issuer.key().keyHash(HashAlgorithm.SHA256).toHex(),
                    issuer.profile().allowedReasons().stream()
                            .sorted()
                            .map(Object::toString)
                            .toList());
        }
    }

    private final FedIssuer.Directory issuers;
    private final FactReader facts;
    private final StatusReader statuses;

    ReadService(FedIssuer.Directory issuers, FactReader facts, StatusReader statuses) {
        this.issuers = issuers;
        this.facts = facts;
        this.statuses = statuses;
    }

    void issuers(String who, ServerRequest request, ServerResponse response) {
        ApiResponses.send(
                response, new Issuers(issuers.issuers().stream().map(Issuer::of).toList()));
    }

    /// Status and history, also of an unassigned serial: that nothing is known is an answer.
    void serial(String who, ServerRequest request, ServerResponse response) throws Objection {
        FedIssuer issuer = issuer(request);
        SerialKey key =
                new SerialKey(
                        issuer.key(),
                        FactReader.serial(request.path().pathParameters().get("serial")));
        ApiResponses.send(response, StatusAnswer.of(issuer.name(), statuses.dossier(key)));
    }

    private FedIssuer issuer(ServerRequest request) throws Objection {
        String name = request.path().pathParameters().get("issuer");
        Optional<FedIssuer> issuer = issuers.called(name);
        return issuer.isPresent() ? issuer.get() : facts.issuer(name);
    }
}
