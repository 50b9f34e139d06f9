package org.precertocsp.responder.admin.api;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.precertocsp.responder.admin.access.ClientRule;
import org.precertocsp.responder.admin.access.Role;
import org.precertocsp.responder.admin.tls.TlsFiles;

/// The private API.
///
/// @param announcementWindow how long an announced serial may remain without a precertificate
/// @param patience how long a request waits for another writer
/// @param maxUpload bytes of an uploaded file
public record ApiConfig(Door door, Duration announcementWindow, Duration patience, long maxUpload) {
    /// Where the API listens, and how callers are identified.
    public sealed interface Door {
        /// HTTPS with TLS 1.3; a client certificate is required.
        record Secure(InetSocketAddress listen, TlsFiles files, List<ClientRule> clients)
                implements Door {
            public Secure {
                clients = List.copyOf(clients);
            }
        }

        /// HTTP on this machine only.
        ///
        /// @param listen a loopback address
        /// @param roles of everyone who can connect
        record Plain(InetSocketAddress listen, Set<Role> roles) implements Door {
            public Plain {
                roles = Set.copyOf(roles);
            }
        }

        /// HTTP on a Unix-domain socket, whose file permissions decide who may connect.
        ///
        /// @param roles of everyone who can connect
        record Socket(Path path, Set<Role> roles) implements Door {
            public Socket {
                roles = Set.copyOf(roles);
            }
        }
    }
}
