package org.precertocsp.responder.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import org.precertocsp.responder.admin.access.ClientRule;
import org.precertocsp.responder.admin.access.Role;
import org.precertocsp.responder.admin.api.ApiConfig;
import org.precertocsp.responder.admin.api.ApiConfig.Listener;
import org.precertocsp.responder.admin.tls.TlsFiles;
import org.precertocsp.responder.http.HttpConfig;

/// The section `admin`: probes, metrics and the private API.
final class AdminSection {
    private static final InetSocketAddress PROBES =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8081);
    private static final InetSocketAddress API =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8443);
    private static final Format<Role> ROLE =
            Formats.choice(
                    Map.of(
                            "issuer", Role.ISSUER,
                            "revoker", Role.REVOKER,
                            "viewer", Role.VIEWER,
                            "operator", Role.OPERATOR));
    private static final int SHA256_DIGITS = 64;

    private final FileFormats files;
    private final HttpConfig http;

    AdminSection(FileFormats files, HttpConfig http) {
        this.files = files;
        this.http = http;
    }

    AdminConfig read(Section admin) {
        InetSocketAddress listen = admin.value("listen", Formats.address(), PROBES);
        for (InetSocketAddress open : http.listen()) {
            if (collide(listen, open)) {
                admin.problem("listen", "takes the port of http.listen: choose another");
            }
        }
        return new AdminConfig(
                listen,
                admin.section("ready", AdminSection::signing),
                admin.optionalSection("api", section -> api(section, listen)));
    }

    private static SigningReadiness signing(Section ready) {
        return ready.value(
                "signing",
                Formats.choice(
                        Map.of(
                                "all", SigningReadiness.ALL,
                                "any", SigningReadiness.ANY,
                                "ignore", SigningReadiness.IGNORE)),
                SigningReadiness.ALL);
    }

    private ApiConfig api(Section api, InetSocketAddress probes) {
        InetSocketAddress listen = api.value("listen", Formats.address(), API);
        List<InetSocketAddress> others = new ArrayList<>(http.listen());
        others.add(probes);
        for (InetSocketAddress other : others) {
            if (collide(listen, other)) {
                api.problem(
                        "listen", "takes the port of http.listen or admin.listen: choose another");
            }
        }
        boolean plain =
                api.value("plain", Formats.choice(Map.of("true", true, "false", false)), false);
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
                        Formats.duration(Duration.ofSeconds(10), Duration.ofDays(30)),
                        Duration.ofMinutes(10)),
                api.value(
                        "wait",
                        Formats.duration(Duration.ofMillis(100), Duration.ofMinutes(5)),
                        Duration.ofSeconds(5)),
                api.value("maxUpload", Formats.size(1 << 20, 1L << 40), 2_000_000_000L));
    }

    /// HTTP without TLS, for local users.
    private record Local(
            InetSocketAddress listen, boolean plain, Optional<Path> socket, Set<Role> roles) {}

    private static Listener local(Section api, Local local) {
        if (local.plain() && local.socket().isPresent()) {
            api.problem("needs exactly one of plain and socket");
        }
        if (local.roles().isEmpty()) {
            api.problem("role", "is missing: name the roles of all clients of a plain port");
        }
        if (local.plain() && !local.listen().getAddress().isLoopbackAddress()) {
            api.problem("plain", "is for loopback addresses only, such as listen: 127.0.0.1:8443");
        }
        return local.socket()
                .<Listener>map(path -> new Listener.UnixSocket(path, local.roles()))
                .orElse(new Listener.Http(local.listen(), local.roles()));
    }

    private Listener secure(Section api, InetSocketAddress listen, boolean unused) {
        Path nowhere = Path.of("/");
        Path certificate =
                unused
                        ? api.optional("certificate", files.certificateChain())
                                .map(NamedCertificate::path)
                                .orElse(nowhere)
                        : api.required("certificate", files.certificateChain())
                                .map(NamedCertificate::path)
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

    private ClientRule client(Section client) {
        Set<Role> roles = roles(client, "role");
        if (roles.isEmpty()) {
            client.problem("role", "is missing: issuer, revoker, viewer or operator");
        }
        ClientRule rule =
                new ClientRule(
                        roles,
                        client.required("ca", files.certificateChain())
                                .map(NamedCertificate::path)
                                .orElse(Path.of("/")),
                        client.optional("subject", Formats.distinguishedName()),
                        client.optional("san", Formats.text()),
                        client.optional("spki", Formats.octets(SHA256_DIGITS)));
        if (!client.has("subject") && !client.has("san") && !client.has("spki")) {
            client.problem("says not which certificate: add subject, san or spki");
        }
        return rule;
    }

    private static Set<Role> roles(Section section, String key) {
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
