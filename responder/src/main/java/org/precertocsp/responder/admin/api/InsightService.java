package org.precertocsp.responder.admin.api;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.List;
import org.precertocsp.responder.admin.change.Fields;
import org.precertocsp.responder.admin.change.Objection;
import org.precertocsp.responder.admin.lookup.Lookups;
import org.precertocsp.responder.alert.AlertJson;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.alert.ChannelState;

/// The data that the console shows: overview, alerts, and the lookup of one certificate.
final class InsightService {
    private static final int MAX_ACKNOWLEDGED = 50;
    private static final int MAX_ENDED = 100;

    /// @param acknowledged the newest first, not all of them
    /// @param ended without acknowledgement because their cause ended; not all of them
    record AlertList(
            List<AlertJson> open,
            List<AlertJson> acknowledged,
            List<ChannelState> channels,
            long lost,
            List<AlertJson> ended) {}

    private final Insight insight;
    private final Lookups lookups;

    InsightService(Parts parts) {
        this.insight = parts.insight();
        this.lookups =
                new Lookups(
                        parts.issuers(),
                        parts.certificates(),
                        parts.reader(),
                        insight.answers(),
                        parts.clock());
    }

    void overview(String who, ServerRequest request, ServerResponse response) {
        ApiResponses.send(response, insight.overview().get());
    }

    void alerts(String who, ServerRequest request, ServerResponse response) {
        Alerts alerts = insight.alerts();
        ApiResponses.send(
                response,
                new AlertList(
                        alerts.open().stream().map(AlertJson::of).toList(),
                        alerts.acknowledged().stream()
                                .limit(MAX_ACKNOWLEDGED)
                                .map(AlertJson::of)
                                .toList(),
                        alerts.channels(),
                        alerts.lost(),
                        alerts.ended().stream().limit(MAX_ENDED).map(AlertJson::of).toList()));
    }

    /// In the caller's name. An alert that is acknowledged already stays as it is.
    void acknowledge(String who, ServerRequest request, ServerResponse response)
            throws Objection, IOException {
        requireJson(request);
        Fields fields = Fields.of(Bodies.read(request, Bodies.MAX_OBJECT));
        String note = fields.text("note").orElse("");
        fields.refuseOthers();
        String id = request.path().pathParameters().get("alert");
        try {
            ApiResponses.send(response, AlertJson.of(insight.alerts().acknowledge(id, who, note)));
        } catch (Alerts.UnknownAlert _) {
            throw Objection.of(Objection.Kind.NOT_FOUND, "no alert has this ID");
        } catch (IllegalArgumentException e) {
            throw Objection.field("note", String.valueOf(e.getMessage()));
        }
    }

    void lookup(String who, ServerRequest request, ServerResponse response)
            throws Objection, IOException {
        byte[] body = Bodies.read(request, Bodies.MAX_LINE);
        ApiResponses.send(
                response,
                FactService.CERTIFICATES.contains(Bodies.type(request))
                        ? lookups.document(body)
                        : lookups.read(json(request, body)));
    }

    private static byte[] json(ServerRequest request, byte[] body) throws Objection {
        requireJson(request);
        return body;
    }

    private static void requireJson(ServerRequest request) throws Objection {
        if (!Bodies.type(request).equals(FactService.JSON)) {
            throw Objection.of(
                    Objection.Kind.UNSUPPORTED_TYPE, "send Content-Type: application/json");
        }
    }
}
