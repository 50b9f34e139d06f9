package org.precertocsp.responder.admin;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.reload.Reloader;
import org.precertocsp.responder.renewal.ExpiryMonitor;
import org.precertocsp.responder.status.Announcements;
import org.precertocsp.responder.status.IdempotencyRecords;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The private API as the server is composed with it: the API's listener, the monitor of announced
/// serials, the cleaning of idempotency records, and the monitor of the API's own certificates.
public final class PrivateApi {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateApi.class);
    private static final Duration FORGET_EVERY = Duration.ofMinutes(10);

    private static final Duration ENDS_EVERY = Duration.ofHours(1);

    private PrivateApi() {}

    /// Serves the API, if one is configured.
    ///
    /// @param leads how long before a certificate ends an alert is raised
    /// @param store the one behind `parts`
    /// @param started receives the server, to register its metrics
    /// @return how to reload its certificates
    /// @throws IOException an address cannot be bound
    /// @throws TlsConfigException a certificate or key cannot be used
    public static <S extends Announcements & IdempotencyRecords> Reloader.Part start(
            Optional<ApiConfig> config,
            List<Duration> leads,
            ApiContext parts,
            S store,
            Alarm alarm,
            BackgroundTasks tasks,
            Consumer<ApiServer> started,
            Lifecycle life)
            throws IOException, TlsConfigException {
        if (config.isEmpty()) {
            return () -> new ReloadReport(List.of(), List.of(), List.of());
        }
        AnnouncementMonitor watch =
                new AnnouncementMonitor(
                        parts.issuers(),
                        store,
                        config.get().announcementWindow(),
                        alarm,
                        parts.clock());
        life.closeLater(
                tasks.every(
                        "announcements",
                        watch.interval(),
                        () -> {
                            if (parts.cluster().map(ClusterChanges::isActive).orElse(true)) {
                                watch.check();
                            } else {
                                // Its alerts are those of the authority that takes changes.
                                watch.endAll();
                            }
                        }));
        life.closeLater(
                tasks.every(
                        "kept-replies", FORGET_EVERY, () -> store.forget(parts.clock().instant())));
        ApiServer server = life.closeLater(ApiServer.start(config.get(), parts, alarm, tasks));
        started.accept(server);
        LOG.info("private API and console on {}", address(config.get().listener(), server));
        ExpiryMonitor ends =
                new ExpiryMonitor(leads, alarm, parts.clock(), server::certificateEnds);
        life.closeLater(tasks.every("api-certificates", ENDS_EVERY, ends::check));
        return Reloader.Part.watched(server::reload);
    }

    private static String address(ApiConfig.Listener listener, ApiServer server) {
        return switch (listener) {
            case ApiConfig.Listener.Https secure -> "https://" + at(secure.listen(), server);
            case ApiConfig.Listener.Http plain -> "http://" + at(plain.listen(), server);
            case ApiConfig.Listener.UnixSocket socket -> socket.path().toString();
        };
    }

    private static String at(InetSocketAddress listen, ApiServer server) {
        String host = listen.getHostString();
        return "%s:%d/"
                .formatted(
                        host.contains(":") ? "[" + host + "]" : host, server.port().orElseThrow());
    }
}
