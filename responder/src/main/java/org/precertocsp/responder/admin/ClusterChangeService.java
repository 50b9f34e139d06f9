package org.precertocsp.responder.admin;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Tells callers of an authority when their change holds at every node of the cluster: at once, if
/// it does soon, or at an address of its own. A single node has no more to tell than the change.
final class ClusterChangeService {
    static final String PATH = "/v1/changes/";
    private static final String UNTIL = "until";

    private final Optional<ClusterChanges> cluster;

    ClusterChangeService(Optional<ClusterChanges> cluster) {
        this.cluster = cluster;
    }

    boolean isCluster() {
        return cluster.isPresent();
    }

    /// The state of a change of the cluster.
    ///
    /// @param effective whether every node answers with it
    record State(long sequence, boolean effective) {}

    /// @throws ApiException another authority takes changes
    void refuseIfElsewhere() throws ApiException {
        Optional<URI> other = cluster.flatMap(ClusterChanges::elsewhere);
        if (other.isPresent()) {
            throw ApiException.of(
                    ApiException.Kind.MISDIRECTED,
                    "this authority is a standby: send changes to " + other.get());
        }
    }

    /// Sends the response to a change that is durable.
    void send(ServerRequest request, ServerResponse response, ChangeResponse receipt) {
        if (cluster.isEmpty()) {
            ApiResponses.send(response, receipt);
            return;
        }
        ClusterChanges changes = cluster.get();
        long sequence = changes.newest();
        boolean wait = !request.query().first(UNTIL).filter("durable"::equals).isPresent();
        boolean effective = wait && isEffectiveSoon(changes, sequence);
        if (wait && !effective) {
            response.status(202).header(HeaderNames.LOCATION, PATH + sequence);
        }
        ApiResponses.send(response, receipt.of(sequence, effective));
    }

    private static boolean isEffectiveSoon(ClusterChanges changes, long sequence) {
        CompletableFuture<Long> effective = changes.effective(sequence);
        try {
            effective.get(changes.effectiveWait().toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whether a change is effective.
    void state(String who, ServerRequest request, ServerResponse response) throws ApiException {
        ClusterChanges changes =
                cluster.orElseThrow(
                        () ->
                                ApiException.of(
                                        ApiException.Kind.NOT_FOUND,
                                        "a server that is no part of a cluster numbers no changes: each"
                                                + " is effective when it is acknowledged"));
        long sequence = number(request.path().pathParameters().get("change"));
        if (sequence < 1 || sequence > changes.newest()) {
            throw ApiException.of(
                    ApiException.Kind.NOT_FOUND, "this authority has no change of that number");
        }
        boolean effective = changes.effective(sequence).isDone();
        ApiResponses.send(response, new State(sequence, effective));
    }

    /// @return 0 for what is no number
    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
