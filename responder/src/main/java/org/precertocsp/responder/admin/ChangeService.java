package org.precertocsp.responder.admin;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;

/// Applies changes that callers request: a single one, or a stream of lines.
final class ChangeService {
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

    private final ChangeRequestParser reader;
    private final ChangeRequestExecutor writer;
    private final Duration patience;

    ChangeService(ChangeRequestParser reader, ChangeRequestExecutor writer, Duration patience) {
        this.reader = reader;
        this.writer = writer;
        this.patience = patience;
    }

    ApiRoute.Work of(ChangeRequestKind kind) {
        return (who, request, response) -> {
            if (LINES.contains(RequestBodies.type(request))) {
                if (request.headers().contains(ONCE)) {
                    throw ApiException.field(
                            "Idempotency-Key",
                            "is for single requests; the lines of a stream can be sent again without it");
                }
                new ChangeStream(kind, reader, writer, who).run(request, response);
            } else {
                one(kind, who, request, response);
            }
        };
    }

    private void one(
            ChangeRequestKind kind, String who, ServerRequest request, ServerResponse response)
            throws ApiException, IOException {
        String type = RequestBodies.type(request);
        ChangeRequest fact;
        ByteString body;
        if (type.equals(JSON)) {
            int most =
                    kind == ChangeRequestKind.CERTIFICATE
                            ? RequestBodies.MAX_LINE
                            : RequestBodies.MAX_OBJECT;
            body = ByteString.of(RequestBodies.read(request, most));
            fact = reader.read(kind, body.toArray());
        } else if (kind == ChangeRequestKind.CERTIFICATE && CERTIFICATES.contains(type)) {
            body = ByteString.of(RequestBodies.read(request, RequestBodies.MAX_LINE));
            fact = reader.certificate(body.toArray());
        } else {
            throw unread(kind, type);
        }
        ByteString sha256 = HashAlgorithm.SHA256.hash(body);
        Optional<String> key = request.headers().first(ONCE);
        ChangeResult result =
                key.isEmpty()
                        ? writer.write(named(who, fact), sha256, List.of(fact), patience).getFirst()
                        : writer.writeOnce(
                                named(who, fact),
                                IdempotencyKey.of(who, key.get(), kind, sha256),
                                fact,
                                patience);
        switch (result) {
            case ChangeResult.Done(var receipt) -> ApiResponses.send(response, receipt);
            case ChangeResult.Denied(ApiException exception) -> throw exception;
        }
    }

    /// The caller and, if there is one, its comment.
    static String named(String who, ChangeRequest fact) {
        return fact.comment().map(comment -> who + ": " + comment).orElse(who);
    }

    private static ApiException unread(ChangeRequestKind kind, String type) {
        String documents =
                kind == ChangeRequestKind.CERTIFICATE
                        ? ", application/pkix-cert (DER) or application/x-pem-file (PEM)"
                        : "";
        return ApiException.of(
                ApiException.Kind.UNSUPPORTED_TYPE,
                "Content-Type %s is not accepted here: send application/json, application/x-ndjson%s"
                        .formatted(type.isEmpty() ? "(none)" : type, documents));
    }
}
