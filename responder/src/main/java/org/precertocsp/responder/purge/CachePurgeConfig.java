package org.precertocsp.responder.purge;

import java.net.URI;
import java.util.List;
import org.precertocsp.responder.alert.AlertChannelConfig;

/// The hook that purges caches, and the URLs of the responder.
///
/// @param hook a webhook or a command
/// @param urls where clients reach the responder, as in the certificates' AIA extension
public record CachePurgeConfig(AlertChannelConfig hook, List<URI> urls) {
    public CachePurgeConfig {
        urls = List.copyOf(urls);
    }
}
