package org.precertocsp.responder.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.precertocsp.responder.cluster.ClusterAuthority.ClaimResult;
import org.precertocsp.responder.io.FileRequests;
import org.precertocsp.responder.io.Json;

/// Transfers requests of the command `cluster claim` to the authority of this machine, by
/// [FileRequests].
public final class ClaimRequests {
    /// How often the authority checks for requests.
    public static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private static final byte[] NOTHING = {};

    private final Path directory;
    private final FileRequests requests;

    /// @param directory one that only the server writes to, such as that of its alerts
    public ClaimRequests(Path directory) {
        this.directory = directory;
        this.requests = new FileRequests(directory, ".claim", ".claimed");
    }

    /// Orders the authority to claim, and waits.
    ///
    /// @param begin maximum wait until a server takes the order
    /// @param end maximum wait from then on until it is done
    /// @throws IOException no authority is running, or it did not reply; the message says which
    public ClaimResult send(Duration begin, Duration end) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("no server has run with this configuration: no " + directory);
        }
        try {
            return Json.MAPPER.readValue(requests.send(NOTHING, begin, end), ClaimResult.class);
        } catch (FileRequests.NotTaken e) {
            throw new IOException(
                    "no authority runs with this configuration, or it does not look at "
                            + directory,
                    e);
        } catch (FileRequests.NoReply e) {
            throw new IOException(
                    "the authority took the order, and has not replied within %d s: see its log, and"
                                    .formatted(end.toSeconds())
                            + " cluster status",
                    e);
        }
    }

    /// The authority's side: obeys all pending requests. Call it every [#LOOK_EVERY].
    ///
    /// @param claim obeys the order of the user of that name
    /// @throws IOException the directory cannot be used
    public void handleAll(Function<String, ClaimResult> claim) throws IOException {
        requests.handleAll(request -> Json.bytes(claim.apply(request.owner())));
    }
}
