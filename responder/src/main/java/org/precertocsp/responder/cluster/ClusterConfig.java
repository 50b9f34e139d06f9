package org.precertocsp.responder.cluster;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One node's configuration as a member of a cluster. A configuration without it is a single node.
///
/// @param name of this node: one of the authorities if it is one, none of them if it is an edge
/// @param key a file with its Ed25519 private key, see [ClusterKeys]
/// @param authorities at least one; all nodes of a cluster list the same
/// @param edges the roster that a change waits for before it is effective; of an edge, none
/// @param maxStaleness *S*: how long an edge that hears nothing may still answer `good`; 30 s to 24
///   h, the same on all nodes
/// @param effectiveWait how long the API waits for a change to be effective before it answers 202
/// @param takeover whether a standby authority takes over by itself
/// @param snapshots where an authority writes them, or an edge reads them; an edge may have none
/// @param client by which authorities recognise an edge; none at an authority
public record ClusterConfig(
        Role role,
        String name,
        Path key,
        Kafka kafka,
        List<AuthorityNode> authorities,
        List<EdgeNode> edges,
        Duration maxStaleness,
        Duration effectiveWait,
        Takeover takeover,
        Optional<Snapshots> snapshots,
        Optional<Tls> client) {

    /// What a node does.
    public enum Role {
        /// It holds OCSP keys, and takes changes in or stands by to do so.
        AUTHORITY,
        /// It answers clients, without any OCSP key.
        EDGE
    }

    /// When a standby claims.
    public enum Takeover {
        /// As soon as the active authority is silent.
        AUTO,
        /// When an operator says so.
        MANUAL
    }

    /// The brokers, and how to reach them.
    ///
    /// @param bootstrap `host:port` of some brokers; names are not resolved yet
    /// @param tls absent for plain text, which is for brokers on this machine only
    /// @param prefix of the names of the topics
    /// @param rack where this node is, for brokers that let it read from a replica near it
    public record Kafka(
            List<String> bootstrap, Optional<Tls> tls, String prefix, Optional<String> rack) {
        public Kafka {
            bootstrap = List.copyOf(bootstrap);
        }

        /// True if all brokers named are on this machine.
        public boolean isLocal() {
            return bootstrap.stream().allMatch(Kafka::isLoopback);
        }

        /// A name is not resolved: it may resolve to another machine later.
        public static boolean isLoopback(String hostAndPort) {
            String host =
                    hostAndPort
                            .substring(0, hostAndPort.lastIndexOf(':'))
                            .replaceAll("[\\[\\]]", "");
            if (host.equals("localhost")) {
                return true;
            }
            try {
                return InetAddress.ofLiteral(host).isLoopbackAddress();
            } catch (IllegalArgumentException _) {
                return false;
            }
        }

        /// Changes, claims and beats, in one partition.
        public String statusTopic() {
            return prefix + ".status";
        }

        /// Signed responses.
        public String responsesTopic() {
            return prefix + ".responses";
        }

        /// What edges report.
        public String reportsTopic() {
            return prefix + ".reports";
        }
    }

    /// Files for mutual TLS with brokers or authorities, in PEM.
    ///
    /// @param ca certificates of the CA that issued the servers' certificates
    /// @param certificate this node's, its chain after it
    /// @param privateKey PKCS#8, not encrypted
    public record Tls(Path ca, Path certificate, Path privateKey) {}

    /// @param address of its API
    public record AuthorityNode(String name, PublicKey publicKey, URI address) {}

    public record EdgeNode(String name, PublicKey publicKey) {}

    /// Copies of the store from which a new node starts.
    ///
    /// @param location a directory, or on an edge perhaps an HTTP address
    /// @param every how often an authority writes one
    /// @param keep how many it keeps
    public record Snapshots(Location location, Duration every, int keep) {
        /// Where they are.
        public sealed interface Location {
            record Directory(Path path) implements Location {}

            record Web(URI url) implements Location {}
        }
    }

    public ClusterConfig {
        authorities = List.copyOf(authorities);
        edges = List.copyOf(edges);
    }

    /// Small letters, digits and dashes: the same in records, file names, metrics and host names.
    public static boolean isNodeName(String text) {
        return ClusterRecord.NAME.matcher(text).matches();
    }

    /// The rest, which only a restart replaces.
    public ClusterConfig withoutEdges() {
        return new ClusterConfig(
                role,
                name,
                key,
                kafka,
                authorities,
                List.of(),
                maxStaleness,
                effectiveWait,
                takeover,
                snapshots,
                client);
    }

    /// The authorities' public keys by name.
    public Map<String, PublicKey> authorityKeys() {
        Map<String, PublicKey> keys = new HashMap<>();
        authorities.forEach(node -> keys.put(node.name(), node.publicKey()));
        return keys;
    }

    /// The edges' public keys by name.
    public Map<String, PublicKey> edgeKeys() {
        Map<String, PublicKey> keys = new HashMap<>();
        edges.forEach(node -> keys.put(node.name(), node.publicKey()));
        return keys;
    }

    /// Names of the edges on the roster.
    public Set<String> roster() {
        return new HashSet<>(edgeKeys().keySet());
    }
}
