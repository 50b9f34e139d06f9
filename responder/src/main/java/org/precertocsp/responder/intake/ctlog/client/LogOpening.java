package org.precertocsp.responder.intake.ctlog.client;

import java.net.URI;
import java.util.Optional;
import org.precertocsp.responder.intake.ctlog.head.LogKey;

/// Finds out which API a log has: those of static-ct-api have a checkpoint.
public final class LogOpening {
    private LogOpening() {}

    /// @throws LogUnavailable it does not answer
    public static CtLog of(LogHttp http, URI url, LogKey key)
            throws LogUnavailable, InterruptedException {
        String base = url.toString().replaceAll("/+$", "");
        return http.find(URI.create(base + "/checkpoint")).isPresent()
                ? new StaticLog(http, url, Optional.empty(), key)
                : new Rfc6962Log(http, url, key);
    }
}
