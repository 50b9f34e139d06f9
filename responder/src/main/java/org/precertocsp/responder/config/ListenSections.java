package org.precertocsp.responder.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.admin.AdminConfig;
import org.precertocsp.responder.alert.ChannelConfig;
import org.precertocsp.responder.http.AddressRange;
import org.precertocsp.responder.http.HttpConfig;
import org.precertocsp.responder.purge.PurgeConfig;

/// The section `http`, and the ports of [AdminSection]: what listens where, and its limits.
final class ListenSections {
    record Listening(HttpConfig http, ServerConfig.Caching caching, Optional<AdminConfig> admin) {}

    private static final InetSocketAddress PUBLIC =
            new InetSocketAddress(Formats.EVERY_ADDRESS, 8080);

    /// Four addresses together may take every place.
    private static final int USUAL_SHARE = 4;

    private static final int PENDING_PART_OF_HEAP = 8;

    private ListenSections() {}

    static Listening read(Section file, FileFormats files) {
        Listening open = file.section("http", http -> listening(http, files));
        AdminSection admin = new AdminSection(files, open.http());
        return new Listening(
                open.http(), open.caching(), file.optionalSection("admin", admin::read));
    }

    private static Listening listening(Section http, FileFormats files) {
        return new Listening(
                http(http), http.section("cache", it -> caching(it, files)), Optional.empty());
    }

    private static ServerConfig.Caching caching(Section cache, FileFormats files) {
        return new ServerConfig.Caching(
                cache.optional("surrogateKey", Formats.headerName()),
                cache.optionalSection("purge", purge -> purge(purge, files)).flatMap(it -> it));
    }

    private static Optional<PurgeConfig> purge(Section purge, FileFormats files) {
        List<URI> urls =
                purge.values("urls", Formats.webAddress()).stream().map(Located::value).toList();
        if (urls.isEmpty()) {
            purge.problem(
                    "urls",
                    "is missing: list the URLs clients reach the responder by, as in the"
                            + " certificates' AIA extension");
        }
        List<ChannelConfig> hooks = AlertSection.senders(purge, "purge", files);
        if (hooks.size() != 1) {
            purge.problem("needs exactly one of webhook and command");
            return Optional.empty();
        }
        return Optional.of(new PurgeConfig(hooks.getFirst(), urls));
    }

    private static HttpConfig http(Section http) {
        List<InetSocketAddress> listen = addresses(http);
        String path = http.value("path", Formats.targetPrefix(), "/");
        List<AddressRange> proxies =
                http.values("trustedProxies", Formats.addressRange()).stream()
                        .map(Located::value)
                        .toList();
        return http.section("limits", limits -> limited(listen, path, proxies, limits));
    }

    private static HttpConfig limited(
            List<InetSocketAddress> listen,
            String path,
            List<AddressRange> proxies,
            Section limits) {
        Duration second = Duration.ofSeconds(1);
        int connections = limits.value("connections", Formats.count(1, 1_000_000), 10_000);
        return new HttpConfig(
                listen,
                path,
                size(limits, "requestLine", 512, 1 << 16, 8 << 10),
                size(limits, "headers", 1 << 10, 1 << 20, 16 << 10),
                size(limits, "body", 1 << 10, 1 << 20, 32 << 10),
                limits.value("headerFields", Formats.count(16, 1_000), 64),
                limits.value("pendingBytes", Formats.size(1 << 20, 1L << 36), usualPendingBytes()),
                connections,
                limits.value(
                        "connectionsPerAddress",
                        Formats.count(1, 1_000_000),
                        Math.max(1, connections / USUAL_SHARE)),
                proxies,
                limits.value("inFlight", Formats.count(1, 100_000), 1_000),
                limits.value(
                        "headerTimeout",
                        Formats.duration(second, Duration.ofMinutes(1)),
                        Duration.ofSeconds(10)),
                limits.value(
                        "idleTimeout",
                        Formats.duration(second, Duration.ofHours(1)),
                        Duration.ofSeconds(75)),
                limits.value(
                        "drain",
                        Formats.duration(Duration.ZERO, Duration.ofMinutes(10)),
                        Duration.ofSeconds(20)));
    }

    /// The rest of the heap is for answers, and for the work itself.
    private static long usualPendingBytes() {
        return Math.max(1 << 20, Runtime.getRuntime().maxMemory() / PENDING_PART_OF_HEAP);
    }

    private static List<InetSocketAddress> addresses(Section http) {
        if (!http.has("listen")) {
            http.values("listen", Formats.address());
            return List.of(PUBLIC);
        }
        List<Located<InetSocketAddress>> listen = http.values("listen", Formats.address());
        for (int i = 0; i < listen.size(); i++) {
            for (Located<InetSocketAddress> earlier : listen.subList(0, i)) {
                Located<InetSocketAddress> later = listen.get(i);
                problem(later.value(), earlier.value())
                        .ifPresent(problem -> http.problem(later, problem));
            }
        }
        return listen.stream().map(Located::value).toList();
    }

    /// Why the system would not let both be listened on. Addresses of IPv4 and of IPv6 may be:
    /// `[::]` takes none of IPv4 then.
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

    private static int size(Section limits, String key, int least, int most, int usual) {
        return Math.toIntExact(limits.value(key, Formats.size(least, most), (long) usual));
    }
}
