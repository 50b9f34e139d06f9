package org.precertocsp.responder.alert;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.precertocsp.signer.key.SecretSource;

/// A channel of the section `alerts`.
public sealed interface AlertChannelConfig {
    /// Unique; never `log`.
    String name();

    /// The destination; two channels to one destination are not independent.
    String target();

    /// POSTs each notice as JSON.
    ///
    /// @param token sent as `Authorization: Bearer`, read again for each notice
    record Webhook(String name, URI url, Optional<SecretSource> token, Duration timeout)
            implements AlertChannelConfig {
        @Override
        public String target() {
            return url.toString();
        }
    }

    /// Runs a program with each notice as JSON on its standard input.
    ///
    /// @param run program and arguments; no shell is involved
    /// @param timeout after which it is killed
    record Command(String name, List<String> run, Duration timeout) implements AlertChannelConfig {
        public Command {
            run = List.copyOf(run);
        }

        @Override
        public String target() {
            return String.join(" ", run);
        }
    }

    /// Prometheus Alertmanager's API, version 2.
    ///
    /// @param url without `/api/v2/alerts`
    record Alertmanager(String name, URI url, Optional<SecretSource> token, Duration timeout)
            implements AlertChannelConfig {
        @Override
        public String target() {
            return url.toString();
        }
    }
}
