package org.precertocsp.responder.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.precertocsp.responder.io.FileRequests;
import org.precertocsp.responder.io.Json;

/// Transfers requests of the command `reload` to the server, by [FileRequests].
public final class ReloadRequests {
    /// How often the server checks for requests.
    public static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private static final byte[] NOTHING = {};

    private final Path directory;
    private final FileRequests requests;

    /// @param directory one that only the server writes to, such as that of its alerts
    public ReloadRequests(Path directory) {
        this.directory = directory;
        this.requests = new FileRequests(directory, ".reload", ".reloaded");
    }

    /// Requests a reload from the server, and waits.
    ///
    /// @param begin maximum wait until a server begins
    /// @param end maximum wait from then on until it is done
    /// @throws IOException no server is running, or it did not reply; the message says which
    public ReloadReport send(Duration begin, Duration end) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("no server has run with this configuration: no " + directory);
        }
        try {
            return Json.MAPPER.readValue(requests.send(NOTHING, begin, end), ReloadReport.class);
        } catch (FileRequests.NotTaken e) {
            throw new IOException(
                    "no server runs with this configuration, or it does not look at " + directory,
                    e);
        } catch (FileRequests.NoReply e) {
            throw new IOException(
                    "the server has not reloaded within %s; its log says what it waits for"
                            .formatted(end),
                    e);
        }
    }

    /// The server's side: reloads for all pending requests. Call it every [#LOOK_EVERY].
    ///
    /// @throws IOException the directory cannot be used
    public void handleAll(Supplier<ReloadReport> reload) throws IOException {
        requests.handleAll(_ -> Json.bytes(reload.get()));
    }
}
