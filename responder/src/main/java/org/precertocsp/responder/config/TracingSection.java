package org.precertocsp.responder.config;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.responder.tracing.TracingConfig;
import org.precertocsp.responder.tracing.TracingConfig.Header;

/// The section `tracing`: the collector, and the share of requests traced.
final class TracingSection {
    private static final double USUAL_SAMPLE = 0.001;
    private static final URI NOWHERE = URI.create("http://localhost/v1/traces");

    /// Headers that are set here, or that Java's client does not allow.
    private static final Set<String> TAKEN =
            Set.of(
                    "connection",
                    "content-length",
                    "content-type",
                    "expect",
                    "host",
                    "upgrade",
                    "user-agent");

    private final FileFormats files;
    private final Set<String> names = new HashSet<>();

    TracingSection(FileFormats files) {
        this.files = files;
    }

    TracingConfig read(Section tracing) {
        URI endpoint = tracing.required("endpoint", Formats.webAddress(), NOWHERE);
        boolean plain =
                tracing.value("plain", Formats.choice(Map.of("true", true, "false", false)), false);
        judge(tracing, endpoint, plain);
        Optional<Path> authority =
                tracing.optional("ca", files.certificateChain()).map(NamedCertificate::path);
        if (authority.isPresent() && !isSecure(endpoint)) {
            tracing.problem("ca", "is for https, and the endpoint is plain http");
        }
        List<Header> headers = tracing.sections("headers", this::header);
        return new TracingConfig(
                endpoint,
                tracing.value("sample", Formats.share(), USUAL_SAMPLE),
                headers,
                authority,
                tracing.value(
                        "timeout",
                        Formats.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
                        Duration.ofSeconds(10)));
    }

    private static void judge(Section tracing, URI endpoint, boolean plain) {
        if (endpoint.getPath().isEmpty() || endpoint.getPath().equals("/")) {
            tracing.problem(
                    "endpoint", "has no path: collectors usually take traces at /v1/traces");
        }
        if (endpoint.getRawUserInfo() != null) {
            tracing.problem(
                    "endpoint", "holds a name or password: send them by headers, as Authorization");
        }
        if (!isSecure(endpoint) && !plain && !isLoopback(endpoint.getHost())) {
            tracing.problem(
                    "endpoint",
                    "would send traces and their headers unencrypted: write https, or plain: true"
                            + " where the network may be trusted");
        }
    }

    private static boolean isSecure(URI endpoint) {
        return endpoint.getScheme().equals("https");
    }

    private static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            // A name is not resolved: it may mean another machine tomorrow.
            return InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private Header header(Section header) {
        String name = header.required("name", Formats.headerName(), "");
        String plain = name.toLowerCase(Locale.ROOT);
        if (TAKEN.contains(plain)) {
            header.problem("name", "is set by precert-ocsp: remove " + name);
        } else if (!name.isEmpty() && !names.add(plain)) {
            header.problem("name", "is here twice: " + name);
        }
        return new Header(name, new Secrets(files).required(header, "value"));
    }
}
