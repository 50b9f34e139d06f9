package org.precertocsp.responder.config;

import java.net.URI;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.responder.admin.AdminConfig;
import org.precertocsp.responder.answer.AnswerConfig;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterConfig.AuthorityNode;
import org.precertocsp.responder.cluster.ClusterConfig.EdgeNode;
import org.precertocsp.responder.cluster.ClusterConfig.Kafka;
import org.precertocsp.responder.cluster.ClusterConfig.Role;
import org.precertocsp.responder.cluster.ClusterConfig.Snapshots;
import org.precertocsp.responder.cluster.ClusterConfig.Snapshots.Location;
import org.precertocsp.responder.cluster.ClusterConfig.Takeover;
import org.precertocsp.responder.cluster.ClusterConfig.Tls;
import org.precertocsp.responder.cluster.answers.AuthorityClient;
import org.precertocsp.responder.config.ConfigSection.LocatedValue;
import org.precertocsp.responder.config.FileParsers.CertificateWithPath;
import org.precertocsp.responder.config.HttpConfigReader.Listening;
import org.precertocsp.signer.SigningConfig;

/// The section `cluster`: this node's part in a cluster, its brokers, and the other nodes.
final class ClusterConfigReader {
    private static final URI NOWHERE = URI.create("https://localhost");

    /// A topic's name has at most 249 characters, its suffix included.
    private static final int MAX_PREFIX = 200;

    private static final Duration PATIENCE = AuthorityClient.Settings.USUAL.patience();

    private final FileParsers files;
    private final Path store;

    /// The nodes read so far, to find names and keys that occur twice.
    private final Map<String, PublicKey> nodes = new HashMap<>();

    ClusterConfigReader(FileParsers files, Path store) {
        this.files = files;
        this.store = store;
    }

    ClusterConfig read(ConfigSection cluster) {
        Role role =
                cluster.required(
                        "role",
                        ValueParsers.choice(Map.of("authority", Role.AUTHORITY, "edge", Role.EDGE)),
                        Role.AUTHORITY);
        String name = cluster.required("name", nodeName(), "");
        Path key = cluster.required("key", files.file(), Path.of("/"));
        Kafka kafka = cluster.section("kafka", this::kafka);
        List<AuthorityNode> authorities = cluster.sections("authorities", this::authority);
        List<EdgeNode> edges = cluster.sections("edges", this::edge);
        checkNodes(cluster, role, name, authorities, edges);
        Duration maxStaleness =
                cluster.value(
                        "maxStaleness",
                        ValueParsers.duration(Duration.ofSeconds(30), Duration.ofDays(1)),
                        Duration.ofMinutes(15));
        Duration effectiveWait =
                cluster.value(
                        "effectiveWait",
                        ValueParsers.duration(Duration.ZERO, Duration.ofMinutes(1)),
                        Duration.ofSeconds(5));
        Takeover takeover =
                cluster.value(
                        "takeover",
                        ValueParsers.choice(
                                Map.of("auto", Takeover.AUTO, "manual", Takeover.MANUAL)),
                        Takeover.AUTO);
        if (role == Role.EDGE) {
            for (String forAuthorities : List.of("effectiveWait", "takeover")) {
                if (cluster.has(forAuthorities)) {
                    cluster.problem(forAuthorities, "is for authorities: remove it at an edge");
                }
            }
        }
        Optional<Tls> client = cluster.optionalSection("client", this::tls).flatMap(it -> it);
        checkClient(cluster, role, authorities);
        return new ClusterConfig(
                role,
                name,
                key,
                kafka,
                authorities,
                edges,
                maxStaleness,
                effectiveWait,
                takeover,
                cluster.section("snapshots", section -> snapshots(section, role)),
                client);
    }

    /// Authorities in plain text, which are on this machine, ask for no certificate.
    private static void checkClient(
            ConfigSection cluster, Role role, List<AuthorityNode> authorities) {
        boolean named = cluster.has("client");
        boolean needed =
                authorities.stream().anyMatch(it -> it.address().getScheme().equals("https"));
        if (role == Role.AUTHORITY && named) {
            cluster.problem("client", "is for edges: remove it at an authority");
        }
        if (role == Role.EDGE && needed && !named) {
            cluster.problem(
                    "client",
                    "is missing: name ca, certificate and privateKey, by which the authorities"
                            + " recognise this edge");
        }
    }

    /// Reports what an edge would never do: it follows the authorities, and has no key.
    static void checkEdge(
            ConfigSection file, AnswerConfig answers, Listening listening, SigningConfig signing) {
        for (String section : List.of("spool", "watch", "audit")) {
            if (file.has(section)) {
                file.problem(
                        section, "is for authorities, which take changes: remove it at an edge");
            }
        }
        if (listening.admin().flatMap(AdminConfig::api).isPresent()) {
            file.problem("admin", "has an api, which authorities offer: remove it at an edge");
        }
        if (listening.caching().purge().isPresent()) {
            file.problem("http", "has cache.purge, which authorities do: remove it at an edge");
        }
        if (answers.nonces() == AnswerConfig.Nonces.ECHO) {
            file.problem("answers", "has nonce: echo, which needs a key: an edge ignores nonces");
        }
        if (answers.unassigned() == AnswerConfig.Unassigned.UNKNOWN) {
            file.problem(
                    "answers",
                    "has unassigned: unknown, which needs a key: an edge answers unauthorized");
        }
        if (signing.timeout().compareTo(PATIENCE) <= 0) {
            file.problem(
                    "signing",
                    "has a timeout of %s, and an edge waits for authorities up to %s"
                            .formatted(
                                    UnitParser.text(signing.timeout()), UnitParser.text(PATIENCE)));
        }
    }

    private static ValueParser<String> nodeName() {
        return text -> {
            if (!ClusterConfig.isNodeName(text)) {
                throw new InvalidValueException(
                        "\"%s\" cannot name a node: use up to 32 small letters, digits and dashes"
                                        .formatted(text)
                                + ", not beginning with a dash");
            }
            return text;
        };
    }

    private Kafka kafka(ConfigSection kafka) {
        List<LocatedValue<String>> bootstrap =
                kafka.values("bootstrap", ValueParsers.hostAndPort());
        if (bootstrap.isEmpty()) {
            kafka.problem("bootstrap", "is missing: name the brokers, as [\"k1.ca.example:9093\"]");
        }
        String prefix = kafka.value("prefix", ValueParsers.name(), "precert");
        if (prefix.length() > MAX_PREFIX) {
            kafka.problem(
                    "prefix", "is longer than %d characters: shorten it".formatted(MAX_PREFIX));
        }
        Optional<Tls> tls = tls(kafka);
        boolean wanted = kafka.has("ca") || kafka.has("certificate") || kafka.has("privateKey");
        if (!wanted) {
            for (LocatedValue<String> broker : bootstrap) {
                if (!Kafka.isLoopback(broker.value())) {
                    kafka.problem(
                            broker,
                            "would be reached in plain text, which is for loopback addresses only:"
                                    + " add ca, certificate and privateKey");
                }
            }
        }
        return new Kafka(
                bootstrap.stream().map(LocatedValue::value).toList(),
                tls,
                prefix,
                kafka.optional("rack", ValueParsers.name()));
    }

    private Optional<Tls> tls(ConfigSection kafka) {
        Optional<Path> ca =
                kafka.optional("ca", files.certificateChain()).map(CertificateWithPath::path);
        Optional<Path> certificate =
                kafka.optional("certificate", files.certificateChain())
                        .map(CertificateWithPath::path);
        Optional<Path> key = kafka.optional("privateKey", files.file());
        List<String> keys = List.of("ca", "certificate", "privateKey");
        if (keys.stream().anyMatch(kafka::has)) {
            for (String one : keys) {
                if (!kafka.has(one)) {
                    kafka.problem(
                            one, "is missing: TLS needs ca, certificate and privateKey, all three");
                }
            }
        }
        return ca.isPresent() && certificate.isPresent() && key.isPresent()
                ? Optional.of(new Tls(ca.get(), certificate.get(), key.get()))
                : Optional.empty();
    }

    private AuthorityNode authority(ConfigSection node) {
        String name = node.required("name", nodeName(), "");
        Optional<PublicKey> key = node.required("publicKey", files.clusterPublicKey());
        URI address = node.required("address", ValueParsers.webAddress(), NOWHERE);
        if (!address.getScheme().equals("https") && !isLoopbackHost(address.getHost())) {
            node.problem("address", "would be reached in plain text: write https");
        }
        once(node, name, key);
        return new AuthorityNode(name, key.orElse(NoKey.INSTANCE), address);
    }

    private EdgeNode edge(ConfigSection node) {
        String name = node.required("name", nodeName(), "");
        Optional<PublicKey> key = node.required("publicKey", files.clusterPublicKey());
        once(node, name, key);
        return new EdgeNode(name, key.orElse(NoKey.INSTANCE));
    }

    private void once(ConfigSection node, String name, Optional<PublicKey> key) {
        if (name.isEmpty() || key.isEmpty()) {
            return;
        }
        if (nodes.containsKey(name)) {
            node.problem("name", "is the name of another node too: " + name);
            return;
        }
        for (Map.Entry<String, PublicKey> other : nodes.entrySet()) {
            if (other.getValue().equals(key.get())) {
                node.problem(
                        "publicKey",
                        "is the key of %s too: every node has a key of its own"
                                .formatted(other.getKey()));
            }
        }
        nodes.put(name, key.get());
    }

    private static void checkNodes(
            ConfigSection cluster,
            Role role,
            String name,
            List<AuthorityNode> authorities,
            List<EdgeNode> edges) {
        if (authorities.isEmpty()) {
            cluster.problem("authorities", "names no authority: list all of them");
        }
        boolean listed = authorities.stream().anyMatch(node -> node.name().equals(name));
        if (role == Role.AUTHORITY && !listed && !name.isEmpty() && !authorities.isEmpty()) {
            cluster.problem(
                    "name", "is none of the authorities: list %s among them".formatted(name));
        }
        if (role == Role.EDGE && listed) {
            cluster.problem("name", "is an authority's: give the edge a name of its own");
        }
        if (role == Role.EDGE && !edges.isEmpty()) {
            cluster.problem(
                    "edges", "is the roster, which authorities wait for: remove it at an edge");
        }
    }

    private Optional<Snapshots> snapshots(ConfigSection snapshots, Role role) {
        Optional<Path> directory = snapshots.optional("directory", files.directory());
        Optional<URI> url = snapshots.optional("url", ValueParsers.webAddress());
        Duration every =
                snapshots.value(
                        "every",
                        ValueParsers.duration(Duration.ofMinutes(10), Duration.ofDays(31)),
                        Duration.ofDays(1));
        int keep = snapshots.value("keep", ValueParsers.count(1, 1000), 3);
        if (snapshots.has("directory") && snapshots.has("url")) {
            snapshots.problem("needs exactly one of directory and url");
        } else if (role == Role.AUTHORITY && snapshots.has("url")) {
            snapshots.problem("url", "is for edges: authorities write to a directory");
        }
        directory
                .filter(path -> path.startsWith(store) || store.startsWith(path))
                .ifPresent(
                        _ ->
                                snapshots.problem(
                                        "directory",
                                        "snapshots and store must lie apart: the store is in "
                                                + store));
        if (role == Role.AUTHORITY) {
            Path beside = store.resolveSibling(store.getFileName() + "-snapshots");
            return Optional.of(
                    new Snapshots(new Location.Directory(directory.orElse(beside)), every, keep));
        }
        for (String forAuthorities : List.of("every", "keep")) {
            if (snapshots.has(forAuthorities)) {
                snapshots.problem(forAuthorities, "is for authorities: remove it at an edge");
            }
        }
        return directory
                .<Location>map(Location.Directory::new)
                .or(() -> url.map(Location.Web::new))
                .map(location -> new Snapshots(location, every, keep));
    }

    /// A name is not resolved: it may resolve to another machine later.
    static boolean isLoopbackHost(String host) {
        return Kafka.isLoopback(host + ":0");
    }

    /// Takes the place of a key that cannot be read: the file is rejected.
    private enum NoKey implements PublicKey {
        INSTANCE;

        @Override
        public String getAlgorithm() {
            return "none";
        }

        @Override
        public String getFormat() {
            return "none";
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }
    }
}
