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
/// @param announcementWindow how long an announced serial may stay without a precertificate
/// @param patience how long a request waits for another writer
/// @param maxUpload octets of a file that is loaded
public record ApiConfig(Door door, Duration announcementWindow, Duration patience, long maxUpload) {
    /// Where callers come in, and how they are known.
    public sealed interface Door {
        /// HTTPS, TLS 1.3; nobody gets in without a certificate.
        record Secure(InetSocketAddress listen, TlsFiles files, List<ClientRule> clients)
                implements Door {
            public Secure {
                clients = List.copyOf(clients);
            }
        }

        /// HTTP for one machine.
        ///
        /// @param listen a loopback address
        /// @param roles of whoever reaches it
        record Plain(InetSocketAddress listen, Set<Role> roles) implements Door {
            public Plain {
                roles = Set.copyOf(roles);
            }
        }

        /// HTTP on a Unix-domain socket, whose permissions say who gets in.
        ///
        /// @param roles of whoever reaches it
        record Socket(Path path, Set<Role> roles) implements Door {
            public Socket {
                roles = Set.copyOf(roles);
            }
        }
    }
}
