package org.precertocsp.responder.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.intake.FeedKind;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// What `reconcile` is told on its command line.
final class ReconcileOptions {
    /// A log, and the key to know it by.
    static final class Log {
        @Option(
                names = "--ct",
                required = true,
                paramLabel = "LOG",
                description =
                        "a Certificate Transparency log: its address; with --log-list its"
                                + " description or base64 log ID (repeatable, each with its --key"
                                + " or from the list)")
        private String name = "";

        @Option(
                names = "--key",
                paramLabel = "KEY",
                description =
                        "public key of that log: base64 as in log lists, or a file, PEM or DER")
        private @Nullable String key;

        String name() {
            return name;
        }

        Optional<String> key() {
            return Optional.ofNullable(key);
        }
    }

    @ArgGroup(exclusive = false, multiplicity = "0..*")
    private List<Log> logs = new ArrayList<>();

    @Option(
            names = "--log-list",
            paramLabel = "FILE",
            description = "a log list in JSON, version 3, that has the logs without --key")
    private @Nullable Path list;

    @Option(
            names = "--merge-delay",
            paramLabel = "TIME",
            defaultValue = "24h",
            converter = WaitTime.class,
            description =
                    "how long logs may take to show an entry; younger precertificates are not"
                            + " missed in them (default: ${DEFAULT-VALUE})")
    private Duration mergeDelay = Duration.ofHours(24);

    @Option(
            names = "--certificates",
            arity = "1..*",
            paramLabel = "PATH",
            description =
                    "certificates and precertificates the CA signed: files or folders (one or"
                            + " more)")
    private List<String> certificates = List.of();

    @Option(
            names = "--index",
            arity = "1..*",
            paramLabel = "FILE",
            description = "an OpenSSL index.txt of the CA, with --issuer (one or more)")
    private List<String> indexes = List.of();

    @Option(
            names = "--csv",
            arity = "1..*",
            paramLabel = "FILE",
            description = "a CSV of the CA (one or more)")
    private List<String> csvs = List.of();

    @Option(
            names = "--crl",
            arity = "1..*",
            paramLabel = "FILE",
            description = "a CRL (one or more)")
    private List<String> crls = List.of();

    @Option(
            names = "--issuer",
            paramLabel = "FILE",
            description = "certificate of the issuer that --index and --csv are about, PEM or DER")
    private @Nullable Path issuer;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = Date.class,
            description =
                    "reads logs from then on, and leaves out what only the store knows and last"
                            + " heard of before: 2026-11-01 or 2026-11-01T12:00:00Z")
    private @Nullable Instant since;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "whom to ask, such as the public address; without it, the server where the"
                            + " configuration has it listen")
    private @Nullable String url;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "16",
            description = "questions under way at once (default: ${DEFAULT-VALUE})")
    private int inFlight = 16;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = WaitTime.class,
            description = "for each question (default: ${DEFAULT-VALUE})")
    private Duration timeout = Duration.ofSeconds(10);

    @Option(
            names = "--most",
            paramLabel = "N",
            defaultValue = "10000",
            description =
                    "differences told one by one; the others are counted (default:"
                            + " ${DEFAULT-VALUE})")
    private int most = 10_000;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "where what is read is kept meanwhile, some 150 octets for each serial"
                            + " (default: the system's folder for temporary files)")
    private @Nullable Path work;

    @Option(names = "--json", description = "print one JSON object instead of a table")
    private boolean json;

    @Option(names = "--no-progress", description = "draw no progress bar on the terminal")
    private boolean noProgress;

    List<Log> logs() {
        return List.copyOf(logs);
    }

    Optional<Path> list() {
        return Optional.ofNullable(list);
    }

    Duration mergeDelay() {
        return mergeDelay;
    }

    /// The CA's files by their kinds, CRLs apart, in the order they are read.
    Map<FeedKind, List<String>> files() {
        Map<FeedKind, List<String>> files = new EnumMap<>(FeedKind.class);
        files.put(FeedKind.CERTIFICATES, certificates);
        files.put(FeedKind.INDEX, indexes);
        files.put(FeedKind.CSV, csvs);
        files.values().removeIf(List::isEmpty);
        return files;
    }

    List<String> crls() {
        return crls;
    }

    Optional<Path> issuer() {
        return Optional.ofNullable(issuer);
    }

    Optional<Instant> since() {
        return Optional.ofNullable(since);
    }

    Optional<String> url() {
        return Optional.ofNullable(url);
    }

    int inFlight() {
        return inFlight;
    }

    Duration timeout() {
        return timeout;
    }

    int most() {
        return most;
    }

    Optional<Path> work() {
        return Optional.ofNullable(work);
    }

    boolean json() {
        return json;
    }

    boolean progress() {
        return !json && !noProgress;
    }

    /// What is wrong with them together, or nothing.
    Optional<String> mistake() {
        for (Log log : logs) {
            if (log.key().isEmpty() && list == null) {
                return Optional.of(
                        "say how to know the log %s: by --key after it, or by --log-list"
                                .formatted(log.name()));
            }
            if (log.key().isPresent() && NamedLog.address(log.name()).isEmpty()) {
                return Optional.of(NamedLog.noAddress(log.name()));
            }
        }
        if (!indexes.isEmpty() && issuer == null) {
            return Optional.of("an index.txt does not say whose it is: name it with --issuer");
        }
        if (inFlight < 1 || inFlight > 1_000 || most < 1 || timeout.isZero()) {
            return Optional.of("--in-flight is 1 to 1000, --most and --timeout more than 0");
        }
        return Optional.empty();
    }

    /// A date, or a moment.
    static final class Date implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return text.contains("T")
                        ? Instant.parse(text)
                        : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            } catch (DateTimeParseException _) {
                throw new TypeConversionException(
                        "'%s' is no date such as 2026-11-01 or 2026-11-01T12:00:00Z"
                                .formatted(text));
            }
        }
    }
}
