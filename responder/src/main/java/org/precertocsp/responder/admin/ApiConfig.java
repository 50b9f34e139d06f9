package org.precertocsp.responder.admin;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// The private API.
///
/// @param announcementWindow how long an announced serial may remain without a precertificate
/// @param patience how long a request waits for another writer
/// @param maxUpload bytes of an uploaded file
public record ApiConfig(
        Listener listener, Duration announcementWindow, Duration patience, long maxUpload) {
    /// Where the API listens, and how callers are identified.
    public sealed interface Listener {
        /// HTTPS with TLS 1.3; a client certificate is required.
        record Https(InetSocketAddress listen, TlsFiles files, List<ClientRule> clients)
                implements Listener {
            public Https {
                clients = List.copyOf(clients);
            }
        }

        /// HTTP on this machine only.
        ///
        /// @param listen a loopback address
        /// @param roles of everyone who can connect
        record Http(InetSocketAddress listen, Set<Role> roles) implements Listener {
            public Http {
                roles = Set.copyOf(roles);
            }
        }

        /// HTTP on a Unix-domain socket, whose file permissions decide who may connect.
        ///
        /// @param roles of everyone who can connect
        record UnixSocket(Path path, Set<Role> roles) implements Listener {
            public UnixSocket {
                roles = Set.copyOf(roles);
            }
        }
    }
}
