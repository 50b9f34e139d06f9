package org.precertocsp.responder.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ctlog.LogAddress;
import org.precertocsp.responder.monitor.subject.LogSubjects;
import org.precertocsp.responder.monitor.subject.SubjectFiles;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// What `check` is told on its command line.
final class CheckOptions {
    @Parameters(
            paramLabel = "CERT",
            arity = "0..*",
            description =
                    "precertificates and certificates, PEM or DER; a folder stands for its files")
    private List<Path> files = List.of();

    @Option(
            names = "--ct-log",
            paramLabel = "LOG",
            description =
                    "a Certificate Transparency log whose newest precertificates are asked about:"
                            + " its address; with --log-list its description or base64 log ID")
    private @Nullable String log;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "public key of the log: base64 as in log lists, or a file, PEM or DER")
    private @Nullable String logKey;

    @Option(
            names = "--log-list",
            paramLabel = "FILE",
            description = "a log list in JSON, version 3, to take address and key from")
    private @Nullable Path logList;

    @Option(
            names = "--last",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "how many precertificates of the log, those of the CAs given with --issuer;"
                            + " without it of every CA (default: ${DEFAULT-VALUE})")
    private int last = 20;

    @Option(
            names = "--reach",
            paramLabel = "N",
            defaultValue = "100000",
            description =
                    "how many of the log's newest entries are looked through for them (default:"
                            + " ${DEFAULT-VALUE})")
    private long reach = 100_000;

    @Option(
            names = "--issuer",
            paramLabel = "FILE",
            description =
                    "CA certificates, and Precertificate Signing Certificates (repeatable); without"
                            + " it they are got from where the certificates say")
    private List<Path> issuers = List.of();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "whom to ask instead of the OCSP service the certificates name")
    private @Nullable String url;

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description =
                    "who signed the TLS certificates of https addresses (default: those Java"
                            + " trusts)")
    private @Nullable Path tlsAuthority;

    @Option(
            names = "--private-addresses",
            description =
                    "get certificates of issuers from private and loopback addresses, too, where"
                            + " certificates name those")
    private boolean privateAddresses;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            defaultValue = "tls",
            converter = ProfileName.class,
            description =
                    "whose rules: tls, code-signing, smime or private (default: ${DEFAULT-VALUE})")
    private IssuerProfile profile = IssuerProfile.TLS;

    @Option(
            names = "--ca-certificates",
            description = "ask about CA certificates, too; without it they only help find issuers")
    private boolean authorities;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "15s",
            converter = WaitTime.class,
            description = "for each question (default: ${DEFAULT-VALUE})")
    private Duration timeout = Duration.ofSeconds(15);

    @Option(
            names = "--strict",
            description = "warnings, too, make the exit code 1: what is only recommended")
    private boolean strict;

    @Option(
            names = "--failures",
            description = "print only rules that failed or warn, not those that passed")
    private boolean failuresOnly;

    @Option(names = "--json", description = "print one JSON object (with --watch, one a round)")
    private boolean json;

    @Option(
            names = "--junit",
            paramLabel = "FILE",
            description = "write the verdicts as JUnit XML, too")
    private @Nullable Path junit;

    @Option(
            names = "--watch",
            paramLabel = "INTERVAL",
            converter = WaitTime.class,
            description = "ask again and again, with this pause between, until SIGTERM")
    private @Nullable Duration watch;

    @Option(
            names = "--metrics-listen",
            paramLabel = "ADDRESS",
            converter = ListenAddress.class,
            description =
                    "serve Prometheus metrics of the last round at http://ADDRESS/metrics, such as"
                            + " 127.0.0.1:9464; with --watch")
    private @Nullable InetSocketAddress metrics;

    SubjectFiles.Request request() {
        return new SubjectFiles.Request(files, issuers, Optional.ofNullable(url), authorities);
    }

    /// What is wrong with them together, or nothing.
    Optional<String> mistake() {
        if (files.isEmpty() && log == null) {
            return Optional.of("name certificates, or a log with --ct-log");
        }
        if (log == null && (logKey != null || logList != null)) {
            return Optional.of("--key and --log-list are about a log: name it with --ct-log");
        }
        if (log != null && (logKey == null) == (logList == null)) {
            return Optional.of("say how to know the log: by --key, or by --log-list");
        }
        if (log != null && logList == null && NamedLog.address(log).isEmpty()) {
            return Optional.of(NamedLog.noAddress(log));
        }
        if (metrics != null && watch == null) {
            return Optional.of("--metrics-listen needs --watch");
        }
        if (timeout.isZero() || last < 1 || reach < 1) {
            return Optional.of("--timeout, --last and --reach must be more than 0");
        }
        return Optional.empty();
    }

    boolean hasFiles() {
        return !files.isEmpty();
    }

    Optional<LogAddress> log() throws CommandFailed {
        return log == null
                ? Optional.empty()
                : Optional.of(
                        NamedLog.of(
                                log, Optional.ofNullable(logKey), Optional.ofNullable(logList)));
    }

    LogSubjects.Request request(String logName, Instant now) {
        return new LogSubjects.Request(
                logName, last, reach, issuers, Optional.ofNullable(url), now);
    }

    Optional<Path> tlsAuthority() {
        return Optional.ofNullable(tlsAuthority);
    }

    boolean privateAddresses() {
        return privateAddresses;
    }

    IssuerProfile profile() {
        return profile;
    }

    Duration timeout() {
        return timeout;
    }

    boolean strict() {
        return strict;
    }

    boolean everything() {
        return !failuresOnly;
    }

    boolean json() {
        return json;
    }

    Optional<Path> junit() {
        return Optional.ofNullable(junit);
    }

    Optional<Duration> watch() {
        return Optional.ofNullable(watch);
    }

    Optional<InetSocketAddress> metrics() {
        return Optional.ofNullable(metrics);
    }

    /// A profile by its name in a configuration.
    static final class ProfileName implements ITypeConverter<IssuerProfile> {
        @Override
        public IssuerProfile convert(String name) {
            return IssuerProfile.named(name)
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "no profile is called '%s'; there are tls,"
                                                            .formatted(name)
                                                    + " code-signing, smime and private"));
        }
    }

    /// `127.0.0.1:9464`, `[::1]:9464`.
    static final class ListenAddress implements ITypeConverter<InetSocketAddress> {
        @Override
        public InetSocketAddress convert(String text) {
            int colon = text.lastIndexOf(':');
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                InetAddress host = InetAddress.getByName(text.substring(0, Math.max(0, colon)));
                return new InetSocketAddress(host, port);
            } catch (IllegalArgumentException | UnknownHostException e) {
                throw new TypeConversionException(
                        "'%s' is no address such as 127.0.0.1:9464".formatted(text));
            }
        }
    }
}
