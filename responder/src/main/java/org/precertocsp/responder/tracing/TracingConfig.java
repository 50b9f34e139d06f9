package org.precertocsp.responder.tracing;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.precertocsp.signer.key.SecretSource;

/// The section `tracing`.
///
/// @param endpoint URL to which spans are POSTed, path included: OTLP over HTTP, as protobuf
/// @param sample share of requests that are traced, 0 to 1
/// @param headers sent with every POST
/// @param authority the CA of the collector's certificate, PEM; if absent, those that Java trusts
/// @param timeout for one POST; its spans are lost afterwards
public record TracingConfig(
        URI endpoint,
        double sample,
        List<Header> headers,
        Optional<Path> authority,
        Duration timeout) {
    /// @param value read again for every POST
    public record Header(String name, SecretSource value) {}

    public TracingConfig {
        headers = List.copyOf(headers);
    }
}
