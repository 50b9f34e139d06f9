package org.precertocsp.responder.admin.api;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.admin.change.Fact;
import org.precertocsp.responder.admin.change.FactKind;
import org.precertocsp.responder.admin.change.FactReader;
import org.precertocsp.responder.admin.change.FactWriter;
import org.precertocsp.responder.admin.change.Objection;
import org.precertocsp.responder.admin.change.OnceKey;
import org.precertocsp.responder.admin.change.Result;

/// Applies changes that callers request: a single one, or a stream of lines.
final class FactService {
    static final String JSON = "application/json";
    private static final Set<String> LINES = Set.of("application/x-ndjson", "application/jsonl");
    static final Set<String> CERTIFICATES =
            Set.of(
                    "application/pkix-cert",
                    "application/octet-stream",
                    "application/x-pem-file",
                    "application/pem-certificate-chain",
                    "text/plain");

    private static final HeaderName ONCE = HeaderNames.create("Idempotency-Key");

    private final FactReader reader;
    private final FactWriter writer;
    private final Duration patience;

    FactService(FactReader reader, FactWriter writer, Duration patience) {
        this.reader = reader;
        this.writer = writer;
        this.patience = patience;
    }

    Route.Work of(FactKind kind) {
        return (who, request, response) -> {
            if (LINES.contains(Bodies.type(request))) {
                if (request.headers().contains(ONCE)) {
                    throw Objection.field(
                            "Idempotency-Key",
                            "is for single requests; the lines of a stream can be sent again without it");
                }
                new FactStream(kind, reader, writer, who).run(request, response);
            } else {
                one(kind, who, request, response);
            }
        };
    }

    private void one(FactKind kind, String who, ServerRequest request, ServerResponse response)
            throws Objection, IOException {
        String type = Bodies.type(request);
        Fact fact;
        Octets body;
        if (type.equals(JSON)) {
            int most = kind == FactKind.CERTIFICATE ? Bodies.MAX_LINE : Bodies.MAX_OBJECT;
            body = Octets.of(Bodies.read(request, most));
            fact = reader.read(kind, body.toArray());
        } else if (kind == FactKind.CERTIFICATE && CERTIFICATES.contains(type)) {
            body = Octets.of(Bodies.read(request, Bodies.MAX_LINE));
            fact = reader.certificate(body.toArray());
        } else {
            throw unread(kind, type);
        }
        Octets sha256 = HashAlgorithm.SHA256.hash(body);
        Optional<String> key = request.headers().first(ONCE);
        Result result =
                key.isEmpty()
                        ? writer.write(named(who, fact), sha256, List.of(fact), patience).getFirst()
                        : writer.writeOnce(
                                named(who, fact),
                                OnceKey.of(who, key.get(), kind, sha256),
                                fact,
                                patience);
        switch (result) {
            case Result.Done(var receipt) -> ApiResponses.send(response, receipt);
            case Result.Denied(Objection objection) -> throw objection;
        }
    }

    /// The caller and, if there is one, its comment.
    static String named(String who, Fact fact) {
        return fact.comment().map(comment -> who + ": " + comment).orElse(who);
    }

    private static Objection unread(FactKind kind, String type) {
        String documents =
                kind == FactKind.CERTIFICATE
                        ? ", application/pkix-cert (DER) or application/x-pem-file (PEM)"
                        : "";
        return Objection.of(
                Objection.Kind.UNSUPPORTED_TYPE,
                "Content-Type %s is not accepted here: send application/json, application/x-ndjson%s"
                        .formatted(type.isEmpty() ? "(none)" : type, documents));
    }
}
