package org.precertocsp.responder.admin;

import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.admin.ApiConfig.Listener;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.renewal.FileChangeDetector;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The private API, on virtual threads. Runs until closed.
///
/// `/v1` is for programs; the console is served beside it.
public final class ApiServer implements AutoCloseable {
    private static final AdminConnectionLimiter.Limits LIMITS =
            new AdminConnectionLimiter.Limits(
                    1_000, Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofSeconds(30));

    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofMinutes(5);
    // Enough for a commit in progress; Helidon also waits for idle connections.
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

    private final WebServer server;
    private final List<BackgroundTasks.Task> monitoring;
    private final AccessRefusalRecorder refusals;
    private final UploadLimiter uploads;
    private final Optional<TlsReloader> upkeep;
    private final Optional<Path> socket;

    private ApiServer(
            WebServer server,
            List<BackgroundTasks.Task> monitoring,
            AccessRefusalRecorder refusals,
            UploadLimiter uploads,
            Optional<TlsReloader> upkeep,
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
    /// @throws TlsConfigException a certificate or key cannot be used
    public static ApiServer start(
            ApiConfig config, ApiContext parts, Alarm alarm, BackgroundTasks tasks)
            throws IOException, TlsConfigException {
        SharedParts shared =
                new SharedParts(
                        config,
                        new AdminConnectionLimiter("private API", LIMITS, alarm),
                        new AccessRefusalRecorder(parts.audit(), parts.clock()),
                        new UploadLimiter(
                                UploadLimiter.Volume.of(UploadService.directory()),
                                config.patience()),
                        alarm,
                        tasks);
        return switch (config.listener()) {
            case Listener.Https secure -> secure(secure, shared, parts);
            case Listener.Http plain -> {
                requireFree(plain.listen());
                yield shared.started(
                        shared.builder(parts, CallerAuthenticator.local(plain.roles()), true)
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

    private static ApiServer secure(Listener.Https listener, SharedParts shared, ApiContext parts)
            throws IOException, TlsConfigException {
        ReloadableTls tls = ReloadableTls.open(listener.files(), parts.audit(), parts.clock());
        requireFree(listener.listen());
        TlsReloader upkeep = TlsReloader.start(shared.tasks(), tls, shared.alarm());
        CallerAuthenticator callers =
                new CertificateAuthenticator(listener.clients(), tls::authorities, parts.clock());
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
    private static ApiServer socket(
            Listener.UnixSocket listener, SharedParts shared, ApiContext parts) throws IOException {
        Files.deleteIfExists(listener.path());
        ApiServer server =
                shared.started(
                        shared.builder(parts, CallerAuthenticator.local(listener.roles()), true)
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
            AdminConnectionLimiter limiter,
            AccessRefusalRecorder refusals,
            UploadLimiter uploads,
            Alarm alarm,
            BackgroundTasks tasks) {
        WebServerConfig.Builder builder(
                ApiContext parts, CallerAuthenticator callers, boolean plain) {
            RequestAuthorizer guard =
                    new RequestAuthorizer(callers, refusals, parts.trace(), limiter, plain);
            return WebServer.builder()
                    .shutdownHook(false)
                    .featuresDiscoverServices(false)
                    .shutdownGracePeriod(GRACE)
                    .maxTcpConnections(-1)
                    .connectionOptions(limiter.socketOptions())
                    // Helidon's limit is one for all callers: RequestLimiter has one for each.
                    .maxConcurrentRequests(-1)
                    .idleConnectionTimeout(IDLE)
                    .maxPayloadSize(-1)
                    .routing(
                            routing -> {
                                routing.addFilter(limiter.filter())
                                        .addFilter(new HostHeaderFilter())
                                        .register(new ApiRoutes(parts, config, uploads, guard))
                                        .register(new ConsoleAssets());
                                parts.edges()
                                        .ifPresent(
                                                it -> routing.register(new EdgeRoutes(it, guard)));
                            });
        }

        ApiServer started(
                WebServerConfig.Builder builder,
                Optional<TlsReloader> upkeep,
                Optional<Path> socket)
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

    /// The bound port, also if the configured port is 0; empty for a Unix-domain socket.
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
        return upkeep.map(TlsReloader::ends).orElse(Map.of());
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
        BackgroundTasks.closeAll(monitoring);
        server.stop();
        try {
            refusals.flush();
        } catch (AuditException e) {
            LOG.error(
                    "the number of further rejected requests could not be written to the audit log",
                    e);
        }
        upkeep.ifPresent(TlsReloader::close);
        if (socket.isPresent()) {
            try {
                Files.deleteIfExists(socket.get());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Reloads the private API's certificates when their files change or on request, and has
    /// rejected handshakes recorded.
    public static final class TlsReloader implements AutoCloseable {
        private static final Logger LOG = LoggerFactory.getLogger(TlsReloader.class);
        private static final Duration CHECK_EVERY = Duration.ofSeconds(1);

        private static final String ABOUT = "certificates of the private API";

        private final ReloadableTls tls;
        private final Alarm alarm;
        private final FileChangeDetector watch;
        private BackgroundTasks.@Nullable Task task;

        private TlsReloader(ReloadableTls tls, Alarm alarm) {
            this.tls = tls;
            this.alarm = alarm;
            this.watch = new FileChangeDetector(tls.files().all());
        }

        /// Runs until closed.
        public static TlsReloader start(BackgroundTasks tasks, ReloadableTls tls, Alarm alarm) {
            TlsReloader upkeep = new TlsReloader(tls, alarm);
            upkeep.task = tasks.every("admin-tls", CHECK_EVERY, CHECK_EVERY, upkeep::check);
            return upkeep;
        }

        /// Expiry of the certificates in use, by description.
        public Map<String, Instant> ends() {
            return tls.ends();
        }

        /// Reloads the files.
        ///
        /// @return why they cannot be used, so that those in use stay; or empty
        public Optional<String> reload() {
            return read();
        }

        private void check() {
            if (watch.changed()) {
                var _ = read();
            }
            tls.recordRejectedHandshakes();
        }

        private synchronized Optional<String> read() {
            try {
                tls.reload();
                LOG.info("reloaded the certificates of the private API");
                alarm.end(Incident.Kind.RELOAD_FAILED, ABOUT);
                return Optional.empty();
            } catch (TlsConfigException e) {
                LOG.error(
                        "the changed certificates of the private API cannot be used, the previous ones stay in use: {}",
                        e.getMessage());
                alarm.raise(
                        new Incident(
                                Incident.Kind.RELOAD_FAILED,
                                ABOUT,
                                "The changed certificates of the private API cannot be used, the"
                                        + " previous ones stay in use: %s. Replace the files."
                                                .formatted(e.getMessage())));
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void close() {
            if (task != null) {
                task.stopNow();
            }
        }
    }

    /// `/` and the files it needs. They contain no data: the page calls the API with the reader's
    /// own role.
    public static final class ConsoleAssets implements HttpService {
        static final List<String> FILES =
                List.of(
                        "index.html",
                        "console.css",
                        "icon.svg",
                        "console.js",
                        "alerts.js",
                        "api.js",
                        "charts.js",
                        "dom.js",
                        "format.js",
                        "lookup.js",
                        "overview.js");

        private static final String DIRECTORY = "/org/precertocsp/responder/admin/console/";

        /// Nothing from other hosts, nothing inline, and no text that becomes markup or script.
        static final String POLICY =
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src"
                        + " 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none';"
                        + " require-trusted-types-for 'script'; trusted-types 'none'";

        private static final Map<String, String> TYPES =
                Map.of(
                        "html", "text/html; charset=utf-8",
                        "css", "text/css; charset=utf-8",
                        "js", "text/javascript; charset=utf-8",
                        "svg", "image/svg+xml");

        private static final Map<HeaderName, String> HEADERS =
                Map.of(
                        HeaderNames.CACHE_CONTROL,
                        "no-store",
                        HeaderNames.create("Content-Security-Policy"),
                        POLICY,
                        HeaderNames.create("Cross-Origin-Opener-Policy"),
                        "same-origin",
                        HeaderNames.create("Cross-Origin-Resource-Policy"),
                        "same-origin",
                        HeaderNames.create("Permissions-Policy"),
                        "camera=(), geolocation=()",
                        HeaderNames.create("Referrer-Policy"),
                        "no-referrer",
                        HeaderNames.create("X-Content-Type-Options"),
                        "nosniff");

        @Override
        public void routing(HttpRules rules) {
            for (String file : FILES) {
                byte[] content = content(file);
                rules.get("/" + file, (_, response) -> send(response, file, content));
            }
            byte[] page = content("index.html");
            rules.get("/", (_, response) -> send(response, "index.html", page));
        }

        private static void send(ServerResponse response, String file, byte[] content) {
            HEADERS.forEach(response::header);
            String type = TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "");
            response.header(HeaderNames.CONTENT_TYPE, type).send(content);
        }

        private static byte[] content(String file) {
            try (InputStream in = ConsoleAssets.class.getResourceAsStream(DIRECTORY + file)) {
                if (in == null) {
                    throw new IllegalStateException(
                            DIRECTORY + file + " is missing in the distribution");
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Identifies callers by their client certificates.
    ///
    /// The chain is verified for each request, although the handshake verified it too: connections
    /// live long and sessions are resumed, and meanwhile a certificate may have expired or its CA
    /// been removed.
    public static final class CertificateAuthenticator implements CallerAuthenticator {
        private static final int MAX_NAME = 64;

        private final List<ClientRule> rules;
        private final Supplier<TrustedClientCas> authorities;
        private final InstantSource clock;

        /// @param authorities called for each request
        public CertificateAuthenticator(
                List<ClientRule> rules,
                Supplier<TrustedClientCas> authorities,
                InstantSource clock) {
            this.rules = List.copyOf(rules);
            this.authorities = authorities;
            this.clock = clock;
        }

        @Override
        public Caller of(List<X509Certificate> presented) {
            if (presented.isEmpty()) {
                return new Caller("unknown", Set.of());
            }
            X509Certificate certificate = presented.getFirst();
            TrustedClientCas trusted = authorities.get();
            Set<Role> roles = EnumSet.noneOf(Role.class);
            for (ClientRule rule : rules) {
                if (matches(rule, certificate)
                        && isTrusted(trusted.of(rule.authority()), presented)) {
                    roles.addAll(rule.roles());
                }
            }
            return new Caller(name(certificate), roles);
        }

        private static boolean matches(ClientRule rule, X509Certificate certificate) {
            return rule.subject().filter(s -> !s.equals(subject(certificate))).isEmpty()
                    && rule.spkiSha256().filter(key -> !key.equals(keyOf(certificate))).isEmpty()
                    && rule.alternativeName()
                            .filter(name -> !hasAlternativeName(certificate, name))
                            .isEmpty();
        }

        private static X500Principal subject(X509Certificate certificate) {
            return certificate.getSubjectX500Principal();
        }

        private static ByteString keyOf(X509Certificate certificate) {
            return HashAlgorithm.SHA256.hash(
                    ByteString.of(certificate.getPublicKey().getEncoded()));
        }

        private static boolean hasAlternativeName(X509Certificate certificate, String name) {
            try {
                Collection<List<?>> names = certificate.getSubjectAlternativeNames();
                return names != null
                        && names.stream()
                                .anyMatch(entry -> name.equals(String.valueOf(entry.get(1))));
            } catch (CertificateParsingException _) {
                return false;
            }
        }

        private boolean isTrusted(List<X509Certificate> anchors, List<X509Certificate> presented) {
            if (anchors.isEmpty()) {
                return false;
            }
            try {
                X509CertSelector leaf = new X509CertSelector();
                leaf.setCertificate(presented.getFirst());
                PKIXBuilderParameters parameters =
                        new PKIXBuilderParameters(
                                anchors.stream()
                                        .map(anchor -> new TrustAnchor(anchor, null))
                                        .collect(Collectors.toSet()),
                                leaf);
                parameters.setRevocationEnabled(false);
                parameters.setDate(Date.from(clock.instant()));
                parameters.addCertStore(
                        CertStore.getInstance(
                                "Collection", new CollectionCertStoreParameters(presented)));
                CertPathBuilder.getInstance("PKIX").build(parameters);
                return true;
            } catch (GeneralSecurityException _) {
                return false;
            }
        }

        /// The common name without control characters and slashes; the whole subject if there is
        /// none.
        static String name(X509Certificate certificate) {
            String subject = subject(certificate).getName();
            String name = commonName(subject).orElse(subject).replaceAll("[\\p{Cntrl}/]", "?");
            return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
        }

        private static Optional<String> commonName(String subject) {
            try {
                return new LdapName(subject)
                        .getRdns().reversed().stream()
                                .filter(part -> part.getType().equalsIgnoreCase("CN"))
                                .map(Rdn::getValue)
                                .map(String::valueOf)
                                .findFirst();
            } catch (InvalidNameException _) {
                return Optional.empty();
            }
        }
    }
}
