package org.precertocsp.responder;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.admin.AdminConfig;
import org.precertocsp.responder.admin.api.ApiConfig;
import org.precertocsp.responder.admin.api.ApiServer;
import org.precertocsp.responder.admin.api.Parts;
import org.precertocsp.responder.admin.tls.TlsRefused;
import org.precertocsp.responder.admin.watch.AnnouncementWatch;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.cli.StartRefused;
import org.precertocsp.responder.freshness.EndWatch;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.reload.Reloader;
import org.precertocsp.responder.status.Announcements;
import org.precertocsp.responder.status.KeptReplies;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [Wiring]'s part for the private API.
final class AdminWiring {
    private static final Logger LOG = LoggerFactory.getLogger(AdminWiring.class);
    private static final Duration FORGET_EVERY = Duration.ofMinutes(10);

    private static final Duration ENDS_EVERY = Duration.ofHours(1);

    private final Optional<ApiConfig> config;
    private final List<Duration> leads;
    private final MetricsWiring metrics;

    /// @param leads how long before a certificate ends an alert is raised
    AdminWiring(Optional<AdminConfig> config, List<Duration> leads, MetricsWiring metrics) {
        this.config = config.flatMap(AdminConfig::api);
        this.leads = List.copyOf(leads);
        this.metrics = metrics;
    }

    /// Serves the API where the configuration has one.
    ///
    /// @param store the one behind `parts`
    /// @return what is to be reloaded
    <S extends Announcements & KeptReplies> Reloader.Part start(
            Parts parts, S store, Alarm alarm, BackgroundTasks tasks, Started started)
            throws IOException, StartRefused {
        if (config.isEmpty()) {
            return () -> new ReloadReport(List.of(), List.of(), List.of());
        }
        AnnouncementWatch watch =
                new AnnouncementWatch(
                        parts.issuers(),
                        store,
                        config.get().announcementWindow(),
                        alarm,
                        parts.clock());
        started.closeLater(tasks.every("announcements", watch.interval(), watch::check));
        started.closeLater(
                tasks.every(
                        "kept-replies", FORGET_EVERY, () -> store.forget(parts.clock().instant())));
        try {
            ApiServer server =
                    started.closeLater(ApiServer.start(config.get(), parts, alarm, tasks));
            metrics.uploads(server);
            LOG.info("private API and console on {}", address(config.get().door(), server));
            EndWatch ends = new EndWatch(leads, alarm, parts.clock(), server::certificateEnds);
            started.closeLater(tasks.every("api-certificates", ENDS_EVERY, ends::check));
            return Reloader.Part.watched(server::reload);
        } catch (TlsRefused e) {
            throw new StartRefused(String.valueOf(e.getMessage()), null);
        }
    }

    private static String address(ApiConfig.Door door, ApiServer server) {
        return switch (door) {
            case ApiConfig.Door.Secure secure -> "https://" + at(secure.listen(), server);
            case ApiConfig.Door.Plain plain -> "http://" + at(plain.listen(), server);
            case ApiConfig.Door.Socket socket -> socket.path().toString();
        };
    }

    private static String at(InetSocketAddress listen, ApiServer server) {
        String host = listen.getHostString();
        return "%s:%d/"
                .formatted(
                        host.contains(":") ? "[" + host + "]" : host, server.port().orElseThrow());
    }
}
