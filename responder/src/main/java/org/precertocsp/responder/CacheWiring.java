package org.precertocsp.responder;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.precertocsp.responder.alert.ChannelConfig;
import org.precertocsp.responder.alert.channel.CommandChannel;
import org.precertocsp.responder.alert.channel.WebhookChannel;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.freshness.KeptCredential;
import org.precertocsp.responder.purge.CachePurger;
import org.precertocsp.responder.purge.PurgeConfig;
import org.precertocsp.responder.status.ChangeListener;
import org.precertocsp.responder.task.BackgroundTasks;

/// [Wiring]'s part for caches in front of the server.
final class CacheWiring {
    private CacheWiring() {}

    /// What has caches purged, where a hook is configured.
    static Optional<ChangeListener> purger(
            ServerConfig config,
            List<KeptCredential> credentials,
            BackgroundTasks tasks,
            Started started) {
        if (config.caching().purge().isEmpty()) {
            return Optional.empty();
        }
        PurgeConfig purge = config.caching().purge().get();
        CachePurger purger =
                new CachePurger(
                        credentials.stream()
                                .collect(
                                        Collectors.toMap(
                                                KeptCredential::key, KeptCredential::issuer)),
                        purge.urls(),
                        hook(purge.hook(), started));
        started.closeLater(purger.start(tasks));
        return Optional.of(purger);
    }

    private static CachePurger.Hook hook(ChannelConfig config, Started started) {
        return switch (config) {
            case ChannelConfig.Webhook webhook ->
                    started.closeLater(new WebhookChannel(webhook))::send;
            case ChannelConfig.Command command -> new CommandChannel(command)::send;
            case ChannelConfig.Alertmanager _ ->
                    throw new IllegalStateException("caches are not purged by an Alertmanager");
        };
    }
}
