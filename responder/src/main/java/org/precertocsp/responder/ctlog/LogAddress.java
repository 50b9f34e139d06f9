package org.precertocsp.responder.ctlog;

import java.net.URI;
import java.util.Optional;

/// A log that an operator named, with everything needed to read it.
///
/// @param name for people: its address, or its description in a log list
/// @param url for a static-ct-api log, its monitoring prefix
/// @param origin the origin of its checkpoints, from a log list; an empty text for an RFC 6962 log;
///   absent without a log list, so that the API must be detected
public record LogAddress(String name, URI url, LogPublicKey key, Optional<String> origin) {
    /// A log of a log list.
    public static LogAddress of(LogList.Listed listed) {
        return new LogAddress(
                listed.name(), listed.url(), listed.key(), Optional.of(listed.origin()));
    }

    /// Detects the log's API with a request if it is not known.
    ///
    /// @throws LogUnavailableException a request was needed, and the log does not answer
    public FollowedLog open(LogHttpClient http)
            throws LogUnavailableException, InterruptedException {
        return new FollowedLog(name, key.id(), client(http));
    }

    private CtLogClient client(LogHttpClient http)
            throws LogUnavailableException, InterruptedException {
        if (origin.isEmpty()) {
            return detected(http);
        }
        return origin.get().isEmpty()
                ? new Rfc6962LogClient(http, url, key)
                : new StaticCtLogClient(http, url, origin, key);
    }

    /// Logs with the static-ct-api have a checkpoint.
    private CtLogClient detected(LogHttpClient http)
            throws LogUnavailableException, InterruptedException {
        String base = url.toString().replaceAll("/+$", "");
        return http.exists(URI.create(base + "/checkpoint"))
                ? new StaticCtLogClient(http, url, Optional.empty(), key)
                : new Rfc6962LogClient(http, url, key);
    }
}
