package org.precertocsp.responder.admin.api;

import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.precertocsp.responder.admin.access.AccessRefusals;
import org.precertocsp.responder.admin.access.Callers;
import org.precertocsp.responder.admin.access.ClientCertificates;
import org.precertocsp.responder.admin.api.ApiConfig.Listener;
import org.precertocsp.responder.admin.connection.ConnectionLimiter;
import org.precertocsp.responder.admin.connection.HostCheck;
import org.precertocsp.responder.admin.console.Console;
import org.precertocsp.responder.admin.tls.ReloadableTls;
import org.precertocsp.responder.admin.tls.TlsRefused;
import org.precertocsp.responder.admin.tls.TlsUpkeep;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The private API, on virtual threads. Runs until closed.
///
/// `/v1` is for programs; the console is served beside it.
public final class ApiServer implements AutoCloseable {
    private static final ConnectionLimiter.Limits LIMITS =
            new ConnectionLimiter.Limits(
                    1_000, Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofSeconds(30));

    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofMinutes(5);
    // Enough for a commit in progress; Helidon also waits for idle connections.
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

    private final WebServer server;
    private final List<BackgroundTasks.Task> monitoring;
    private final AccessRefusals refusals;
    private final UploadLimiter uploads;
    private final Optional<TlsUpkeep> upkeep;
    private final Optional<Path> socket;

    private ApiServer(
            WebServer server,
            List<BackgroundTasks.Task> monitoring,
            AccessRefusals refusals,
            UploadLimiter uploads,
            Optional<TlsUpkeep> upkeep,
            Optional<Path> socket) {
        this.server = server;
        this.monitoring = monitoring;
        this.refusals = refusals;
        this.uploads = uploads;
        this.upkeep = upkeep;
        this.socket = socket;
    }

    /// Serves when it returns.
    ///
    /// @param alarm notified when all connections are taken
    /// @throws IOException if the address cannot be bound
    /// @throws TlsRefused a certificate or key cannot be used
    public static ApiServer start(ApiConfig config, Parts parts, Alarm alarm, BackgroundTasks tasks)
            throws IOException, TlsRefused {
        SharedParts shared =
                new SharedParts(
                        config,
                        new ConnectionLimiter("private API", LIMITS, alarm),
                        new AccessRefusals(parts.audit(), parts.clock()),
                        new UploadLimiter(
                                UploadLimiter.Volume.of(LoadService.directory()),
                                config.patience()),
                        alarm,
                        tasks);
        return switch (config.listener()) {
            case Listener.Https secure -> secure(secure, shared, parts);
            case Listener.Http plain -> {
                requireFree(plain.listen());
                yield shared.started(
                        shared.builder(parts, Callers.local(plain.roles()), true)
                                .connectionOptions(
                                        shared.limiter().socketOptions(plain.listen().getAddress()))
                                .address(plain.listen().getAddress())
                                .port(plain.listen().getPort()),
                        Optional.empty(),
                        Optional.empty());
            }
            case Listener.UnixSocket socket -> socket(socket, shared, parts);
        };
    }

    private static ApiServer secure(Listener.Https listener, SharedParts shared, Parts parts)
            throws IOException, TlsRefused {
        ReloadableTls tls = ReloadableTls.open(listener.files(), parts.audit(), parts.clock());
        requireFree(listener.listen());
        TlsUpkeep upkeep = TlsUpkeep.start(shared.tasks(), tls, shared.alarm());
        Callers callers =
                new ClientCertificates(listener.clients(), tls::authorities, parts.clock());
        try {
            return shared.started(
                    shared.builder(parts, callers, false)
                            .connectionOptions(
                                    shared.limiter().socketOptions(listener.listen().getAddress()))
                            .address(listener.listen().getAddress())
                            .port(listener.listen().getPort())
                            // Otherwise each client's name is resolved, and a slow name server
                            // delays all connections.
                            .useNio(false)
                            .tls(
                                    Tls.builder()
                                            .sslContext(tls.context())
                                            .clientAuth(TlsClientAuth.REQUIRED)
                                            .addEnabledProtocol("TLSv1.3")
                                            .build()),
                    Optional.of(upkeep),
                    Optional.empty());
        } catch (IOException | RuntimeException e) {
            upkeep.close();
            throw e;
        }
    }

    /// The socket is created for this user alone, then opened to the group; the permissions of its
    /// directory decide who else may connect.
    private static ApiServer socket(Listener.UnixSocket listener, SharedParts shared, Parts parts)
            throws IOException {
        Files.deleteIfExists(listener.path());
        ApiServer server =
                shared.started(
                        shared.builder(parts, Callers.local(listener.roles()), true)
                                .bindAddress(UnixDomainSocketAddress.of(listener.path())),
                        Optional.empty(),
                        Optional.of(listener.path()));
        Files.setPosixFilePermissions(
                listener.path(), PosixFilePermissions.fromString("rw-rw----"));
        return server;
    }

    /// The parts that all kinds of listeners share.
    private record SharedParts(
            ApiConfig config,
            ConnectionLimiter limiter,
            AccessRefusals refusals,
            UploadLimiter uploads,
            Alarm alarm,
            BackgroundTasks tasks) {
        WebServerConfig.Builder builder(Parts parts, Callers callers, boolean plain) {
            Guard guard = new Guard(callers, refusals, parts.trace(), limiter, plain);
            return WebServer.builder()
                    .shutdownHook(false)
                    .featuresDiscoverServices(false)
                    .shutdownGracePeriod(GRACE)
                    .maxTcpConnections(-1)
                    .connectionOptions(limiter.socketOptions())
                    // Helidon's limit is one for all callers: RequestShares has one for each.
                    .maxConcurrentRequests(-1)
                    .idleConnectionTimeout(IDLE)
                    .maxPayloadSize(-1)
                    .routing(
                            routing ->
                                    routing.addFilter(limiter.filter())
                                            .addFilter(new HostCheck())
                                            .register(new Routes(parts, config, uploads, guard))
                                            .register(new Console()));
        }

        ApiServer started(
                WebServerConfig.Builder builder, Optional<TlsUpkeep> upkeep, Optional<Path> socket)
                throws IOException {
            WebServer server = builder.build().start();
            if (!server.isRunning()) {
                throw new IOException("the private API cannot listen: see the log");
            }
            List<BackgroundTasks.Task> monitoring =
                    List.of(
                            tasks.every("api-connections", CHECK_EVERY, limiter::check),
                            tasks.every("api-refusals", CHECK_EVERY, refusals::flushExpired));
            return new ApiServer(server, monitoring, refusals, uploads, upkeep, socket);
        }
    }

    /// Helidon logs a failure to bind and stops without an exception, so the address is tried
    /// first.
    private static void requireFree(InetSocketAddress listen) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(listen);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + listen + ": " + e.getMessage(), e);
        }
    }

    /// The bound port, also where the configuration says 0; empty for a Unix-domain socket.
    public Optional<Integer> port() {
        return socket.isPresent() ? Optional.empty() : Optional.of(server.port());
    }

    /// Uploads under way.
    public int activeUploads() {
        return uploads.state().active();
    }

    /// Uploads refused since the start, by the limit that refused them: `caller`, `all` or `space`.
    public Map<String, Long> refusedUploads() {
        return uploads.state().refused().entrySet().stream()
                .collect(Collectors.toMap(it -> it.getKey().label(), Map.Entry::getValue));
    }

    /// Expiry of the certificates in use, by description; empty without TLS.
    public Map<String, Instant> certificateEnds() {
        return upkeep.map(TlsUpkeep::ends).orElse(Map.of());
    }

    /// Reloads changed certificates.
    public ReloadReport reload() {
        if (upkeep.isEmpty()) {
            return new ReloadReport(List.of(), List.of(), List.of());
        }
        String what = "the certificates of the private API";
        return upkeep.get()
                .reload()
                .map(why -> new ReloadReport(List.of(), List.of(), List.of(what + ": " + why)))
                .orElse(new ReloadReport(List.of(what), List.of(), List.of()));
    }

    /// @throws UncheckedIOException the socket's file could not be deleted
    @Override
    public void close() {
        monitoring.forEach(BackgroundTasks.Task::close);
        server.stop();
        try {
            refusals.flush();
        } catch (AuditFailure e) {
            LOG.error(
                    "the number of further refused requests could not be written to the audit log",
                    e);
        }
        upkeep.ifPresent(TlsUpkeep::close);
        if (socket.isPresent()) {
            try {
                Files.deleteIfExists(socket.get());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
