package org.precertocsp.responder.alert;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Alerts.UnknownAlert;
import org.precertocsp.responder.io.FileRequests;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.status.CallerIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Transfers acknowledgements by the command `alerts ack` to the server that has the alerts, by
/// [FileRequests].
final class AcknowledgementRequests {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(AcknowledgementRequests.class);

    private record Request(String id, String by, String note) {}

    /// The alert, or the reason why it was not acknowledged. Both are null if there is no such
    /// alert.
    private record Reply(@Nullable Alert alert, @Nullable String problem) {}

    private final FileRequests requests;

    AcknowledgementRequests(Path directory) {
        this.requests = new FileRequests(directory, ".request", ".reply");
    }

    /// Requests the acknowledgement from the server, and waits for its reply.
    Alert send(String id, Acknowledgement by) throws UnknownAlert, IOException {
        Reply reply =
                Json.MAPPER.readValue(
                        exchange(Json.bytes(new Request(id, by.by(), by.note()))), Reply.class);
        if (reply.problem() != null) {
            throw new IOException(reply.problem());
        }
        if (reply.alert() == null) {
            throw new UnknownAlert(id);
        }
        return reply.alert();
    }

    private byte[] exchange(byte[] request) throws IOException {
        try {
            return requests.send(request, LIMIT, LIMIT);
        } catch (FileRequests.NotTaken e) {
            throw new IOException(
                    "the server that has the alerts did not answer within %d s: nothing was"
                                    .formatted(LIMIT.toSeconds())
                            + " acknowledged",
                    e);
        } catch (FileRequests.NoReply e) {
            throw new IOException(
                    "the server that has the alerts took the acknowledgement and did not answer"
                            + " within %d s: see its log, and what precert-ocsp alerts list shows"
                                    .formatted(LIMIT.toSeconds()),
                    e);
        }
    }

    /// The server's side: handles all pending requests.
    void handleAll(Alerts alerts) {
        try {
            requests.handleAll(request -> Json.bytes(handle(alerts, request)));
        } catch (IOException e) {
            LOG.error("acknowledgements by commands cannot be taken", e);
        }
    }

    private static Reply handle(Alerts alerts, FileRequests.Request file) {
        try {
            Request request = Json.MAPPER.readValue(file.content().toArray(), Request.class);
            // The command provides the name, and the system the owner of its file.
            return ScopedValue.where(CallerIdentity.CURRENT, CallerIdentity.user(file.owner()))
                    .call(
                            () ->
                                    new Reply(
                                            alerts.acknowledge(
                                                    request.id(), request.by(), request.note()),
                                            null));
        } catch (UnknownAlert _) {
            return new Reply(null, null);
        } catch (IOException | RuntimeException e) {
            LOG.warn("an acknowledgement was not taken", e);
            return new Reply(null, "the server did not take it: " + e.getMessage());
        }
    }
}
