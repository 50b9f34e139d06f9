package org.precertocsp.responder.config;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.admin.DiskSpaceMonitor;
import org.precertocsp.responder.answer.AnswerConfig;
import org.precertocsp.responder.answer.AnswerConfig.Nonces;
import org.precertocsp.responder.answer.AnswerConfig.Unassigned;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.answers.AuthorityClient;
import org.precertocsp.responder.config.ConfigReader.SigningConfigReader.Signing;
import org.precertocsp.responder.config.ConfigSection.LocatedValue;
import org.precertocsp.responder.config.FileParsers.CertificateWithPath;
import org.precertocsp.responder.config.HttpConfigReader.Listening;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.responder.ctlog.CtLogConfig;
import org.precertocsp.responder.ctlog.CtLogConfig.Watched;
import org.precertocsp.responder.ctlog.LogAddress;
import org.precertocsp.responder.ctlog.LogList;
import org.precertocsp.responder.ctlog.LogListSelection;
import org.precertocsp.responder.ctlog.LogPublicKey;
import org.precertocsp.responder.intake.spool.SpoolConfig;
import org.precertocsp.responder.logging.LoggingConfig;
import org.precertocsp.responder.metrics.unassigned.UnassignedConfig;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.responder.tracing.TracingConfig;
import org.precertocsp.responder.tracing.TracingConfig.Header;
import org.precertocsp.signer.SigningConfig;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads a configuration file and reports all its problems together. The keys, their units and
/// defaults are explained in the sample ([SampleConfig]).
public final class ConfigReader {
    /// The content of the `answers` section.
    private record Answering(AnswerConfig answers, RequestLimits requests, Duration warmUp) {}

    private final FileParsers files;
    private final ServerConfig.Source source;

    private ConfigReader(ParseContext reading, ServerConfig.Source source) {
        this.files = new FileParsers(reading);
        this.source = source;
    }

    /// Opens no key and no store; checks only that the named files exist and contain certificates.
    ///
    /// @throws IOException if the file itself cannot be read
    /// @throws ConfigException with all problems, if there are any
    public static ServerConfig read(Path file) throws IOException, ConfigException {
        YamlFile.Loaded loaded = YamlFile.read(file);
        Node root = loaded.root();
        Path folder = file.toAbsolutePath().normalize().getParent();
        ParseContext reading = ParseContext.of(folder == null ? Path.of("/") : folder);
        ConfigReader reader = new ConfigReader(reading, loaded.source());
        ServerConfig config = ConfigSection.readRoot(reading, root, reader::server);
        List<ConfigProblem> problems = reading.problems();
        if (!problems.isEmpty()) {
            throw new ConfigException(file, problems);
        }
        return config;
    }

    /// Every key that exists, such as `issuers[].responder.key.pem.file`.
    static SortedSet<String> keys() {
        ParseContext reading = ParseContext.ofEveryKey();
        Node nothing = new ScalarNode(Tag.NULL, "", ScalarStyle.PLAIN);
        ServerConfig.Source none = new ServerConfig.Source(Path.of(""), ByteString.of());
        ConfigSection.readRoot(reading, nothing, new ConfigReader(reading, none)::server);
        return reading.keys();
    }

    private ServerConfig server(ConfigSection file) {
        StoreConfig store = file.section("store", this::store);
        Listening listening = HttpConfigReader.read(file, files);
        Answering answering = file.section("answers", ConfigReader::answering);
        Optional<ClusterConfig> cluster =
                file.optionalSection(
                        "cluster", new ClusterConfigReader(files, store.directory())::read);
        boolean keyless = cluster.filter(it -> it.role() == ClusterConfig.Role.EDGE).isPresent();
        Signing signing =
                file.section("signing", section -> SigningConfigReader.read(section, keyless));
        if (keyless) {
            ClusterConfigReader.checkEdge(file, answering.answers(), listening, signing.config());
        }
        return new ServerConfig(
                store,
                file.section("spool", section -> spool(section, store.directory())),
                listening.http(),
                listening.caching(),
                listening.admin(),
                answering.answers(),
                answering.requests(),
                signing.config(),
                file.section("logging", ConfigReader::logging),
                file.section("audit", it -> AuditConfigReader.read(it, files, store.directory())),
                source,
                file.section("watch", new WatchConfigReader(files)::read),
                file.section("alerts", new AlertConfigReader(files, store.directory())::read),
                file.section("unassigned", section -> unassigned(section, store.directory())),
                file.section("diskSpace", ConfigReader::diskSpace),
                file.optionalSection("tracing", new TracingConfigReader(files)::read),
                answering.warmUp(),
                cluster,
                issuers(file, new IssuerConfigReader(files, signing.provider(), keyless)));
    }

    private StoreConfig store(ConfigSection store) {
        return new StoreConfig(
                store.required("directory", files.directory(), Path.of("/")),
                store.value("cache", ValueParsers.size(1_000_000, 1L << 40), 128_000_000L));
    }

    private SpoolConfig spool(ConfigSection spool, Path store) {
        Path beside = store.resolveSibling(store.getFileName() + "-spool");
        Path directory = spool.value("directory", files.directory(), beside);
        if (spool.has("directory")
                && (directory.startsWith(store) || store.startsWith(directory))) {
            spool.problem("directory", "spool and store must lie apart: the store is in " + store);
        }
        return new SpoolConfig(
                directory,
                spool.value(
                        "poll",
                        ValueParsers.duration(Duration.ofMillis(50), Duration.ofHours(1)),
                        Duration.ofSeconds(1)),
                spool.value(
                        "keep",
                        ValueParsers.duration(Duration.ofDays(1), Duration.ofDays(3650)),
                        SpoolConfig.KEEP));
    }

    private static DiskSpaceMonitor.Limits diskSpace(ConfigSection diskSpace) {
        ValueParser<Long> size = ValueParsers.size(1_000_000, 1L << 50);
        Optional<Long> warn = diskSpace.optional("warn", size);
        Optional<Long> reserve = diskSpace.optional("reserve", size);
        if (warn.isPresent() && reserve.isPresent() && warn.get() < reserve.get()) {
            diskSpace.problem("warn", "the warning must come before the reserve is reached");
        }
        return new DiskSpaceMonitor.Limits(
                warn.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                reserve.map(OptionalLong::of).orElseGet(OptionalLong::empty));
    }

    private UnassignedConfig unassigned(ConfigSection unassigned, Path store) {
        Path beside = store.resolveSibling(store.getFileName() + "-unassigned");
        Path directory = unassigned.value("directory", files.directory(), beside);
        Duration keep =
                unassigned.value(
                        "keep",
                        ValueParsers.duration(Duration.ofDays(1), Duration.ofDays(3653)),
                        Duration.ofDays(90));
        return unassigned.section(
                "surge",
                surge ->
                        new UnassignedConfig(
                                directory,
                                keep,
                                surge.value("factor", ValueParsers.count(2, 1_000), 10),
                                surge.value("least", ValueParsers.count(1, 100_000_000), 1_000)));
    }

    private static Answering answering(ConfigSection answers) {
        Nonces nonces =
                answers.value(
                        "nonce",
                        ValueParsers.choice(Map.of("ignore", Nonces.IGNORE, "echo", Nonces.ECHO)),
                        Nonces.IGNORE);
        Unassigned unassigned =
                answers.value(
                        "unassigned",
                        ValueParsers.choice(
                                Map.of(
                                        "unauthorized", Unassigned.UNAUTHORIZED,
                                        "unknown", Unassigned.UNKNOWN)),
                        Unassigned.UNAUTHORIZED);
        Duration retryAfter =
                answers.value(
                        "retryAfter",
                        ValueParsers.seconds(Duration.ofSeconds(1), Duration.ofHours(1)),
                        Duration.ofSeconds(30));
        int most = answers.value("maxCertificates", ValueParsers.count(1, 256), 16);
        long cache = answers.value("cache", ValueParsers.size(0, 1L << 40), 64_000_000L);
        Duration warmUp =
                answers.value(
                        "warmUp",
                        ValueParsers.duration(Duration.ZERO, Duration.ofSeconds(10)),
                        Duration.ZERO);
        return new Answering(
                new AnswerConfig(nonces, unassigned, retryAfter, cache),
                new RequestLimits(most),
                warmUp);
    }

    private static LoggingConfig logging(ConfigSection logging) {
        LoggingConfig usual = LoggingConfig.USUAL;
        return new LoggingConfig(
                logging.value(
                        "format",
                        ValueParsers.choice(
                                Map.of(
                                        "text", LoggingConfig.Format.TEXT,
                                        "json", LoggingConfig.Format.JSON)),
                        usual.format()),
                logging.value(
                        "level",
                        ValueParsers.choice(
                                Map.of(
                                        "error", LoggingConfig.Level.ERROR,
                                        "warn", LoggingConfig.Level.WARN,
                                        "info", LoggingConfig.Level.INFO,
                                        "debug", LoggingConfig.Level.DEBUG,
                                        "trace", LoggingConfig.Level.TRACE)),
                        usual.level()));
    }

    private static List<Issuer> issuers(ConfigSection file, IssuerConfigReader reader) {
        List<Issuer> issuers = file.sections("issuers", reader::read);
        if (issuers.isEmpty()) {
            file.problem("issuers", "names no issuer: list at least one");
        }
        return issuers;
    }

    /// The section `audit`: the directory of the audit log, and how often it is checked.
    static final class AuditConfigReader {
        private AuditConfigReader() {}

        static AuditConfig read(ConfigSection audit, FileParsers files, Path store) {
            Path directory =
                    audit.value("directory", files.directory(), store.resolveSibling("audit"));
            if (directory.startsWith(store) || store.startsWith(directory)) {
                audit.problem(
                        "directory",
                        "audit log and store must lie apart: the store is in " + store);
            }
            return new AuditConfig(
                    directory,
                    audit.optional("key", files.file()),
                    audit.value("name", ValueParsers.origin(), "precert-ocsp"),
                    // The compression of a file is itself recorded; these records must not fill the
                    // next file.
                    audit.value("segment", ValueParsers.size(100_000, 1L << 30), 64_000_000L),
                    audit.value(
                            "checkNew",
                            ValueParsers.duration(Duration.ofSeconds(1), Duration.ofDays(31)),
                            Duration.ofMinutes(5)),
                    audit.value(
                            "checkAll",
                            // Longer than the interval between reviews by a person may be (LG-06).
                            ValueParsers.duration(Duration.ofSeconds(1), Duration.ofDays(31)),
                            Duration.ofDays(1)));
        }
    }

    /// The section `signing`: the limits for each key, and the provider that computes with keys
    /// from files.
    static final class SigningConfigReader {
        /// Requests of an edge that wait for authorities at once.
        private static final int EDGE_MISSES = AuthorityClient.Settings.USUAL.mostWaiting();

        record Signing(SigningConfig config, ProviderChoice provider) {}

        private record Breaker(int failures, Duration pause) {}

        private SigningConfigReader() {}

        /// @param keyless an edge of a cluster, whose requests in flight compute nothing
        static Signing read(ConfigSection signing, boolean keyless) {
            int processors = Runtime.getRuntime().availableProcessors();
            Breaker breaker = signing.section("breaker", SigningConfigReader::breaker);
            SigningConfig config =
                    new SigningConfig(
                            signing.value(
                                    "maxInFlight",
                                    ValueParsers.count(1, 1024),
                                    keyless ? EDGE_MISSES : processors),
                            signing.value("maxWaiters", ValueParsers.count(0, 100_000), 256),
                            signing.value(
                                    "singleUsePerSecond", ValueParsers.count(1, 1_000_000), 500),
                            // TF-17 allows ten seconds for the whole answer.
                            signing.value(
                                    "timeout",
                                    ValueParsers.duration(
                                            Duration.ofMillis(10), Duration.ofSeconds(10)),
                                    Duration.ofSeconds(5)),
                            breaker.failures(),
                            breaker.pause());
            ProviderChoice provider =
                    signing.value(
                            "provider",
                            ValueParsers.choice(
                                    Map.of(
                                            "fastest", ProviderChoice.FASTEST,
                                            "corretto", ProviderChoice.CORRETTO,
                                            "bouncy-castle", ProviderChoice.BOUNCY_CASTLE)),
                            ProviderChoice.FASTEST);
            return new Signing(config, provider);
        }

        private static Breaker breaker(ConfigSection breaker) {
            return new Breaker(
                    breaker.value("failures", ValueParsers.count(1, 1000), 5),
                    breaker.value(
                            "pause",
                            ValueParsers.duration(Duration.ofMillis(100), Duration.ofHours(1)),
                            Duration.ofSeconds(5)));
        }
    }

    /// A file of YAML 1.2, parsed to nodes only: their marks give the lines.
    static final class YamlFile {
        /// Enough for some thousand issuers.
        private static final int MAX_BYTES = 4_000_000;

        private YamlFile() {}

        /// @throws IOException if the file cannot be read
        /// @throws ConfigException if it is not one YAML document in UTF-8
        static Loaded read(Path file) throws IOException, ConfigException {
            if (Files.size(file) > MAX_BYTES) {
                throw refused(file, 0, 0, "is larger than " + UnitParser.text(MAX_BYTES));
            }
            byte[] content = Files.readAllBytes(file);
            String text = text(file, content);
            try {
                return new Loaded(
                        compose(file, text),
                        new ServerConfig.Source(
                                file, HashAlgorithm.SHA256.hash(ByteString.of(content))));
            } catch (MarkedYamlEngineException e) {
                Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
                String what = e.getContext() == null ? "" : e.getContext() + ", ";
                throw refused(
                        file,
                        mark == null ? 0 : mark.getLine(),
                        mark == null ? 0 : mark.getColumn(),
                        "not YAML: " + what + e.getProblem() + advice(e.getProblem()));
            } catch (ReaderException e) {
                throw refused(file, text.codePoints().limit(e.getPosition()).toArray());
            } catch (YamlEngineException e) {
                throw refused(file, 0, 0, "not YAML: " + e.getMessage());
            }
        }

        /// A file's content, read once.
        ///
        /// @param source as the audit log records it
        record Loaded(Node root, ServerConfig.Source source) {}

        private static Node compose(Path file, String text) throws ConfigException {
            LoadSettings settings =
                    LoadSettings.builder()
                            .setLabel(file.toString())
                            .setMaxAliasesForCollections(10_000)
                            .setCodePointLimit(MAX_BYTES)
                            .build();
            return new Compose(settings)
                    .composeString(text)
                    .orElseThrow(
                            () ->
                                    refused(
                                            file,
                                            0,
                                            0,
                                            "is empty; a start: precert-ocsp config sample"));
        }

        private static String text(Path file, byte[] content) throws ConfigException {
            try {
                String text =
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(content))
                                .toString();
                return text.startsWith("\uFEFF") ? text.substring(1) : text;
            } catch (CharacterCodingException e) {
                throw refused(file, 0, 0, "is not UTF-8 text");
            }
        }

        /// Tabs are a common mistake that nobody sees.
        private static String advice(String problem) {
            return problem.contains("\\t") ? " (indent with spaces, not tabs)" : "";
        }

        private static ConfigException refused(Path file, int[] before) {
            int line = 0;
            int column = 0;
            for (int codePoint : before) {
                column = codePoint == '\n' ? 0 : column + 1;
                line += codePoint == '\n' ? 1 : 0;
            }
            return refused(file, line, column, "not YAML: contains a control character");
        }

        private static ConfigException refused(Path file, int line, int column, String message) {
            return new ConfigException(
                    file, List.of(new ConfigProblem(line + 1, column + 1, "", message)));
        }
    }

    /// The section `tracing`: the collector, and the share of requests traced.
    static final class TracingConfigReader {
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

        private final FileParsers files;
        private final Set<String> names = new HashSet<>();

        TracingConfigReader(FileParsers files) {
            this.files = files;
        }

        TracingConfig read(ConfigSection tracing) {
            URI endpoint = tracing.required("endpoint", ValueParsers.webAddress(), NOWHERE);
            boolean plain =
                    tracing.value(
                            "plain",
                            ValueParsers.choice(Map.of("true", true, "false", false)),
                            false);
            judge(tracing, endpoint, plain);
            Optional<Path> authority =
                    tracing.optional("ca", files.certificateChain()).map(CertificateWithPath::path);
            if (authority.isPresent() && !isSecure(endpoint)) {
                tracing.problem("ca", "is for https, and the endpoint is plain http");
            }
            List<Header> headers = tracing.sections("headers", this::header);
            return new TracingConfig(
                    endpoint,
                    tracing.value("sample", ValueParsers.share(), USUAL_SAMPLE),
                    headers,
                    authority,
                    tracing.value(
                            "timeout",
                            ValueParsers.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
                            Duration.ofSeconds(10)));
        }

        private static void judge(ConfigSection tracing, URI endpoint, boolean plain) {
            if (endpoint.getPath().isEmpty() || endpoint.getPath().equals("/")) {
                tracing.problem(
                        "endpoint", "has no path: collectors usually take traces at /v1/traces");
            }
            if (endpoint.getRawUserInfo() != null) {
                tracing.problem(
                        "endpoint",
                        "holds a name or password: send them by headers, as Authorization");
            }
            if (!isSecure(endpoint)
                    && !plain
                    && !ClusterConfigReader.isLoopbackHost(endpoint.getHost())) {
                tracing.problem(
                        "endpoint",
                        "would send traces and their headers unencrypted: write https, or plain: true"
                                + " where the network may be trusted");
            }
        }

        private static boolean isSecure(URI endpoint) {
            return endpoint.getScheme().equals("https");
        }

        private Header header(ConfigSection header) {
            String name = header.required("name", ValueParsers.headerName(), "");
            String plain = name.toLowerCase(Locale.ROOT);
            if (TAKEN.contains(plain)) {
                header.problem("name", "is set by precert-ocsp: remove " + name);
            } else if (!name.isEmpty() && !names.add(plain)) {
                header.problem("name", "is here twice: " + name);
            }
            return new Header(name, new SecretReader(files).required(header, "value"));
        }
    }

    /// The section `watch`: the logs to follow, named by address and key, or selected from log
    /// lists.
    static final class WatchConfigReader {
        private final FileParsers files;
        private final List<Watched> logs = new ArrayList<>();
        private final List<LogListSelection> lists = new ArrayList<>();
        private final Map<ByteString, String> keys = new HashMap<>();

        WatchConfigReader(FileParsers files) {
            this.files = files;
        }

        CtLogConfig read(ConfigSection watch) {
            Duration second = Duration.ofSeconds(1);
            Duration month = Duration.ofDays(30);
            watch.sections("logs", this::log);
            watch.sections("lists", this::list);
            if (logs.size() > CtLogConfig.MAX_LOGS) {
                watch.problem(
                        "%d logs, where at most %d are followed: pick fewer from the lists"
                                .formatted(logs.size(), CtLogConfig.MAX_LOGS));
            }
            return new CtLogConfig(
                    logs,
                    lists,
                    watch.value(
                            "poll",
                            ValueParsers.duration(second, Duration.ofDays(1)),
                            Duration.ofMinutes(1)),
                    watch.value(
                            "maxHeadAge",
                            ValueParsers.duration(Duration.ofMinutes(1), month),
                            Duration.ofHours(26)),
                    watch.value(
                            "silentAfter",
                            ValueParsers.duration(second, month),
                            Duration.ofHours(1)),
                    watch.value(
                            "grace",
                            ValueParsers.duration(Duration.ZERO, Duration.ofDays(1)),
                            Duration.ofMinutes(5)));
        }

        private boolean log(ConfigSection log) {
            Optional<URI> url = log.required("url", ValueParsers.logUrl());
            Optional<LogPublicKey> key = log.required("key", files.logKey());
            Optional<String> name = log.optional("name", ValueParsers.text());
            OptionalLong from = from(log);
            if (url.isPresent() && key.isPresent()) {
                String called = name.orElse(url.get().toString());
                LogAddress address = new LogAddress(called, url.get(), key.get(), Optional.empty());
                add(log, new Watched(address, from, false));
            }
            return true;
        }

        private boolean list(ConfigSection list) {
            Optional<FileParsers.NamedLogList> listed = list.required("file", files.logList());
            List<String> operators = words(list, "operators");
            List<String> states = words(list, "states");
            List<String> names = words(list, "names");
            OptionalLong from = from(list);
            listed.ifPresent(
                    all ->
                            pick(
                                    list,
                                    all.logs(),
                                    new LogListSelection(
                                            all.file(), operators, states, names, from)));
            return true;
        }

        private void pick(ConfigSection section, List<LogList.Listed> all, LogListSelection list) {
            List<LogList.Listed> picked = all.stream().filter(list::picks).toList();
            if (picked.isEmpty()) {
                section.problem(
                        "picks none of the %d logs of the list: look at its operators, states and names"
                                .formatted(all.size()));
            }
            lists.add(list);
            // Several lists may contain the same log, under the same name.
            picked.stream()
                    .filter(log -> !keys.containsKey(log.key().id()))
                    .forEach(log -> add(section, list.watched(log)));
        }

        private static OptionalLong from(ConfigSection section) {
            return section.optional("from", ValueParsers.entryNumber())
                    .map(OptionalLong::of)
                    .orElseGet(OptionalLong::empty);
        }

        private static List<String> words(ConfigSection section, String key) {
            return section.values(key, ValueParsers.text()).stream()
                    .map(LocatedValue::value)
                    .toList();
        }

        private void add(ConfigSection section, Watched watched) {
            LogAddress log = watched.log();
            String same = keys.putIfAbsent(log.key().id(), log.name());
            if (same != null) {
                section.problem("key", "is the key of log " + same + " too: list each log once");
            } else if (logs.stream().anyMatch(other -> other.log().name().equals(log.name()))) {
                section.problem(
                        "another log has the name %s too: give it another name"
                                .formatted(log.name()));
            } else {
                logs.add(watched);
            }
        }
    }
}
