package org.precertocsp.responder.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.responder.admin.AdminConfig;
import org.precertocsp.responder.admin.AdminConfig.SigningReadiness;
import org.precertocsp.responder.admin.ApiConfig;
import org.precertocsp.responder.admin.ApiConfig.Listener;
import org.precertocsp.responder.admin.ClientRule;
import org.precertocsp.responder.admin.Role;
import org.precertocsp.responder.admin.TlsFiles;
import org.precertocsp.responder.alert.AlertChannelConfig;
import org.precertocsp.responder.config.ConfigSection.LocatedValue;
import org.precertocsp.responder.config.FileParsers.CertificateWithPath;
import org.precertocsp.responder.http.AddressRange;
import org.precertocsp.responder.http.HttpConfig;
import org.precertocsp.responder.purge.CachePurgeConfig;

/// The section `http`, and the ports of [AdminConfigReader]: addresses, and their limits.
final class HttpConfigReader {
    record Listening(HttpConfig http, ServerConfig.Caching caching, Optional<AdminConfig> admin) {}

    private static final InetSocketAddress PUBLIC =
            new InetSocketAddress(ValueParsers.EVERY_ADDRESS, 8080);

    /// Four addresses together may take all connections.
    private static final int USUAL_SHARE = 4;

    /// For each of the usual number of connections more than a usual request.
    private static final long PENDING_BYTES = 64 << 20;

    private HttpConfigReader() {}

    static Listening read(ConfigSection file, FileParsers files) {
        Listening open = file.section("http", http -> listening(http, files));
        AdminConfigReader admin = new AdminConfigReader(files, open.http());
        return new Listening(
                open.http(), open.caching(), file.optionalSection("admin", admin::read));
    }

    private static Listening listening(ConfigSection http, FileParsers files) {
        return new Listening(
                http(http), http.section("cache", it -> caching(it, files)), Optional.empty());
    }

    private static ServerConfig.Caching caching(ConfigSection cache, FileParsers files) {
        return new ServerConfig.Caching(
                cache.optional("surrogateKey", ValueParsers.headerName()),
                cache.optionalSection("purge", purge -> purge(purge, files)).flatMap(it -> it));
    }

    private static Optional<CachePurgeConfig> purge(ConfigSection purge, FileParsers files) {
        List<URI> urls =
                purge.values("urls", ValueParsers.webAddress()).stream()
                        .map(LocatedValue::value)
                        .toList();
        if (urls.isEmpty()) {
            purge.problem(
                    "urls",
                    "is missing: list the URLs clients reach the responder by, as in the"
                            + " certificates' AIA extension");
        }
        List<AlertChannelConfig> hooks = AlertConfigReader.senders(purge, "purge", files);
        if (hooks.size() != 1) {
            purge.problem("needs exactly one of webhook and command");
            return Optional.empty();
        }
        return Optional.of(new CachePurgeConfig(hooks.getFirst(), urls));
    }

    private static HttpConfig http(ConfigSection http) {
        List<InetSocketAddress> listen = addresses(http);
        String path = http.value("path", ValueParsers.targetPrefix(), "/");
        List<AddressRange> proxies =
                http.values("trustedProxies", ValueParsers.addressRange()).stream()
                        .map(LocatedValue::value)
                        .toList();
        return http.section("limits", limits -> limited(listen, path, proxies, limits));
    }

    private static HttpConfig limited(
            List<InetSocketAddress> listen,
            String path,
            List<AddressRange> proxies,
            ConfigSection limits) {
        Duration second = Duration.ofSeconds(1);
        int connections = limits.value("connections", ValueParsers.count(1, 1_000_000), 10_000);
        return new HttpConfig(
                listen,
                path,
                size(limits, "requestLine", 512, 1 << 16, 8 << 10),
                size(limits, "headers", 1 << 10, 1 << 20, 16 << 10),
                size(limits, "body", 1 << 10, 1 << 20, 32 << 10),
                limits.value("headerFields", ValueParsers.count(16, 1_000), 64),
                limits.value("pendingBytes", ValueParsers.size(1 << 20, 1L << 36), PENDING_BYTES),
                connections,
                limits.value(
                        "connectionsPerAddress",
                        ValueParsers.count(1, 1_000_000),
                        Math.max(1, connections / USUAL_SHARE)),
                proxies,
                limits.value("inFlight", ValueParsers.count(1, 100_000), 1_000),
                limits.value(
                        "headerTimeout",
                        ValueParsers.duration(second, Duration.ofMinutes(1)),
                        Duration.ofSeconds(10)),
                limits.value(
                        "idleTimeout",
                        ValueParsers.duration(second, Duration.ofHours(1)),
                        Duration.ofSeconds(75)),
                limits.value(
                        "drain",
                        ValueParsers.duration(Duration.ZERO, Duration.ofMinutes(10)),
                        Duration.ofSeconds(20)));
    }

    private static List<InetSocketAddress> addresses(ConfigSection http) {
        if (!http.has("listen")) {
            http.values("listen", ValueParsers.address());
            return List.of(PUBLIC);
        }
        List<LocatedValue<InetSocketAddress>> listen =
                http.values("listen", ValueParsers.address());
        for (int i = 0; i < listen.size(); i++) {
            for (LocatedValue<InetSocketAddress> earlier : listen.subList(0, i)) {
                LocatedValue<InetSocketAddress> later = listen.get(i);
                problem(later.value(), earlier.value())
                        .ifPresent(problem -> http.problem(later, problem));
            }
        }
        return listen.stream().map(LocatedValue::value).toList();
    }

    /// Why the system would not allow to listen at both. An IPv4 and an IPv6 address are allowed:
    /// `[::]` does not include IPv4 then.
    private static Optional<String> problem(InetSocketAddress later, InetSocketAddress earlier) {
        InetAddress one = later.getAddress();
        InetAddress other = earlier.getAddress();
        if (later.getPort() != earlier.getPort() || later.getPort() == 0) {
            return Optional.empty();
        }
        if (one.equals(other)) {
            return Optional.of("is listed twice");
        }
        boolean sameFamily = one.getClass() == other.getClass();
        return sameFamily && (one.isAnyLocalAddress() || other.isAnyLocalAddress())
                ? Optional.of("takes the port of another address listed, one being every address")
                : Optional.empty();
    }

    private static int size(ConfigSection limits, String key, int least, int most, int usual) {
        return Math.toIntExact(limits.value(key, ValueParsers.size(least, most), (long) usual));
    }

    /// The section `admin`: probes, metrics and the private API.
    static final class AdminConfigReader {
        private static final InetSocketAddress PROBES =
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8081);
        private static final InetSocketAddress API =
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8443);
        private static final ValueParser<Role> ROLE =
                ValueParsers.choice(
                        Map.of(
                                "issuer", Role.ISSUER,
                                "revoker", Role.REVOKER,
                                "viewer", Role.VIEWER,
                                "operator", Role.OPERATOR,
                                "edge", Role.EDGE));
        private static final int SHA256_DIGITS = 64;

        private final FileParsers files;
        private final HttpConfig http;

        AdminConfigReader(FileParsers files, HttpConfig http) {
            this.files = files;
            this.http = http;
        }

        AdminConfig read(ConfigSection admin) {
            InetSocketAddress listen = admin.value("listen", ValueParsers.address(), PROBES);
            for (InetSocketAddress open : http.listen()) {
                if (collide(listen, open)) {
                    admin.problem("listen", "takes the port of http.listen: choose another");
                }
            }
            return new AdminConfig(
                    listen,
                    admin.section("ready", AdminConfigReader::signing),
                    admin.optionalSection("api", section -> api(section, listen)));
        }

        private static SigningReadiness signing(ConfigSection ready) {
            return ready.value(
                    "signing",
                    ValueParsers.choice(
                            Map.of(
                                    "all", SigningReadiness.ALL,
                                    "any", SigningReadiness.ANY,
                                    "ignore", SigningReadiness.IGNORE)),
                    SigningReadiness.ALL);
        }

        private ApiConfig api(ConfigSection api, InetSocketAddress probes) {
            InetSocketAddress listen = api.value("listen", ValueParsers.address(), API);
            List<InetSocketAddress> others = new ArrayList<>(http.listen());
            others.add(probes);
            for (InetSocketAddress other : others) {
                if (collide(listen, other)) {
                    api.problem(
                            "listen",
                            "takes the port of http.listen or admin.listen: choose another");
                }
            }
            boolean plain =
                    api.value(
                            "plain",
                            ValueParsers.choice(Map.of("true", true, "false", false)),
                            false);
            Optional<Path> socket = api.optional("socket", files.socket());
            Set<Role> roles = roles(api, "role");
            if (api.has("role") && !plain && socket.isEmpty()) {
                api.problem("role", "is for plain or socket: clients have roles of their own");
            }
            Listener secure = secure(api, listen, plain || socket.isPresent());
            return new ApiConfig(
                    plain || socket.isPresent()
                            ? local(api, new Local(listen, plain, socket, roles))
                            : secure,
                    api.value(
                            "announcementWindow",
                            ValueParsers.duration(Duration.ofSeconds(10), Duration.ofDays(30)),
                            Duration.ofMinutes(10)),
                    api.value(
                            "wait",
                            ValueParsers.duration(Duration.ofMillis(100), Duration.ofMinutes(5)),
                            Duration.ofSeconds(5)),
                    api.value("maxUpload", ValueParsers.size(1 << 20, 1L << 40), 2_000_000_000L));
        }

        /// HTTP without TLS, for local users.
        private record Local(
                InetSocketAddress listen, boolean plain, Optional<Path> socket, Set<Role> roles) {}

        private static Listener local(ConfigSection api, Local local) {
            if (local.plain() && local.socket().isPresent()) {
                api.problem("needs exactly one of plain and socket");
            }
            if (local.roles().isEmpty()) {
                api.problem("role", "is missing: name the roles of all clients of a plain port");
            }
            if (local.plain() && !local.listen().getAddress().isLoopbackAddress()) {
                api.problem(
                        "plain", "is for loopback addresses only, such as listen: 127.0.0.1:8443");
            }
            return local.socket()
                    .<Listener>map(path -> new Listener.UnixSocket(path, local.roles()))
                    .orElse(new Listener.Http(local.listen(), local.roles()));
        }

        private Listener secure(ConfigSection api, InetSocketAddress listen, boolean unused) {
            Path nowhere = Path.of("/");
            Path certificate =
                    unused
                            ? api.optional("certificate", files.certificateChain())
                                    .map(CertificateWithPath::path)
                                    .orElse(nowhere)
                            : api.required("certificate", files.certificateChain())
                                    .map(CertificateWithPath::path)
                                    .orElse(nowhere);
            Path key =
                    unused
                            ? api.value("key", files.file(), nowhere)
                            : api.required("key", files.file(), nowhere);
            List<ClientRule> clients = api.sections("clients", this::client);
            if (clients.isEmpty() && !unused) {
                api.problem(
                        "clients",
                        "names no client, so every request would be rejected: list at least one, "
                                + "or plain");
            }
            Set<Path> authorities = new HashSet<>();
            clients.forEach(client -> authorities.add(client.authority()));
            return new Listener.Https(listen, new TlsFiles(certificate, key, authorities), clients);
        }

        private ClientRule client(ConfigSection client) {
            Set<Role> roles = roles(client, "role");
            if (roles.isEmpty()) {
                client.problem("role", "is missing: issuer, revoker, viewer, operator or edge");
            }
            ClientRule rule =
                    new ClientRule(
                            roles,
                            client.required("ca", files.certificateChain())
                                    .map(CertificateWithPath::path)
                                    .orElse(Path.of("/")),
                            client.optional("subject", ValueParsers.distinguishedName()),
                            client.optional("san", ValueParsers.text()),
                            client.optional("spki", ValueParsers.bytes(SHA256_DIGITS)));
            if (!client.has("subject") && !client.has("san") && !client.has("spki")) {
                client.problem("says not which certificate: add subject, san or spki");
            }
            return rule;
        }

        private static Set<Role> roles(ConfigSection section, String key) {
            Set<Role> roles = EnumSet.noneOf(Role.class);
            section.values(key, ROLE).forEach(role -> roles.add(role.value()));
            return roles;
        }

        private static boolean collide(InetSocketAddress one, InetSocketAddress other) {
            return one.getPort() != 0
                    && one.getPort() == other.getPort()
                    && (one.getAddress().equals(other.getAddress())
                            || one.getAddress().isAnyLocalAddress()
                            || other.getAddress().isAnyLocalAddress());
        }
    }
}
