package org.precertocsp.responder.intake.ctlog;

import java.net.URI;
import java.util.Optional;
import org.precertocsp.responder.intake.ctlog.client.CtLog;
import org.precertocsp.responder.intake.ctlog.client.LogHttp;
import org.precertocsp.responder.intake.ctlog.client.LogOpening;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.client.Rfc6962Log;
import org.precertocsp.responder.intake.ctlog.client.StaticLog;
import org.precertocsp.responder.intake.ctlog.head.LogKey;
import org.precertocsp.responder.intake.ctlog.head.LogList;

/// A log an operator named, and all one must know to read it.
///
/// @param name as people know it: its address, or its description in a log list
/// @param url for a static-ct-api log its monitoring prefix
/// @param origin what a log list says its checkpoints name it, empty text if they say it has none;
///   absent where there is no list, so that the log must be asked for its API
public record LogAddress(String name, URI url, LogKey key, Optional<String> origin) {
    /// A log as its list has it.
    public static LogAddress of(LogList.Listed listed) {
        return new LogAddress(
                listed.name(), listed.url(), listed.key(), Optional.of(listed.origin()));
    }

    /// May ask the log which API it has.
    ///
    /// @throws LogUnavailable it had to be asked, and does not answer
    public FollowedLog open(LogHttp http) throws LogUnavailable, InterruptedException {
        return new FollowedLog(name, key.id(), client(http));
    }

    private CtLog client(LogHttp http) throws LogUnavailable, InterruptedException {
        if (origin.isEmpty()) {
            return LogOpening.of(http, url, key);
        }
        return origin.get().isEmpty()
                ? new Rfc6962Log(http, url, key)
                : new StaticLog(http, url, origin, key);
    }
}
