package org.precertocsp.responder.config;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.admin.watch.DiskSpaceMonitor;
import org.precertocsp.responder.answer.AnswerConfig;
import org.precertocsp.responder.answer.AnswerConfig.Nonces;
import org.precertocsp.responder.answer.AnswerConfig.Unassigned;
import org.precertocsp.responder.config.ListenSections.Listening;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.responder.config.SigningSection.Signing;
import org.precertocsp.responder.intake.spool.SpoolConfig;
import org.precertocsp.responder.logging.LoggingConfig;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.unassigned.UnassignedConfig;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads a configuration file, and finds everything wrong with it in one go. The keys, their units
/// and defaults are explained in the sample ([ConfigSample]).
public final class ConfigReader {
    /// What the `answers` section decides.
    private record Answering(AnswerConfig answers, RequestLimits requests) {}

    private final FileFormats files;
    private final ServerConfig.Source source;

    private ConfigReader(Reading reading, ServerConfig.Source source) {
        this.files = new FileFormats(reading);
        this.source = source;
    }

    /// Opens no key and no store: that the named files are there and hold certificates is all it
    /// looks at.
    ///
    /// @throws IOException if the file itself cannot be read
    /// @throws ConfigRefused with all problems, if there are any
    public static ServerConfig read(Path file) throws IOException, ConfigRefused {
        YamlFile.Loaded loaded = YamlFile.read(file);
        Node root = loaded.root();
        Path folder = file.toAbsolutePath().normalize().getParent();
        Reading reading = Reading.of(folder == null ? Path.of("/") : folder);
        ConfigReader reader = new ConfigReader(reading, loaded.source());
        ServerConfig config = Section.readRoot(reading, root, reader::server);
        List<ConfigProblem> problems = reading.problems();
        if (!problems.isEmpty()) {
            throw new ConfigRefused(file, problems);
        }
        return config;
    }

    /// Every key there is, such as `issuers[].responder.key.pem.file`.
    static SortedSet<String> keys() {
        Reading reading = Reading.ofEveryKey();
        Node nothing = new ScalarNode(Tag.NULL, "", ScalarStyle.PLAIN);
        ServerConfig.Source none = new ServerConfig.Source(Path.of(""), Octets.of());
        Section.readRoot(reading, nothing, new ConfigReader(reading, none)::server);
        return reading.keys();
    }

    private ServerConfig server(Section file) {
        RocksConfig store = file.section("store", this::store);
        Listening listening = ListenSections.read(file, files);
        Answering answering = file.section("answers", ConfigReader::answering);
        Signing signing = file.section("signing", SigningSection::read);
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
                file.section("audit", it -> AuditSection.read(it, files, store.directory())),
                source,
                file.section("watch", new WatchSection(files)::read),
                file.section("alerts", new AlertSection(files, store.directory())::read),
                file.section("unassigned", section -> unassigned(section, store.directory())),
                file.section("diskSpace", ConfigReader::diskSpace),
                file.optionalSection("tracing", new TracingSection(files)::read),
                issuers(file, new IssuerSections(files, signing.provider())));
    }

    private RocksConfig store(Section store) {
        return new RocksConfig(
                store.required("directory", files.directory(), Path.of("/")),
                store.value("cache", Formats.size(1_000_000, 1L << 40), 256_000_000L));
    }

    private SpoolConfig spool(Section spool, Path store) {
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
                        Formats.duration(Duration.ofMillis(50), Duration.ofHours(1)),
                        Duration.ofSeconds(1)),
                spool.value(
                        "keep",
                        Formats.duration(Duration.ofDays(1), Duration.ofDays(3650)),
                        SpoolConfig.KEEP));
    }

    private static DiskSpaceMonitor.Limits diskSpace(Section diskSpace) {
        Format<Long> size = Formats.size(1_000_000, 1L << 50);
        Optional<Long> warn = diskSpace.optional("warn", size);
        Optional<Long> reserve = diskSpace.optional("reserve", size);
        if (warn.isPresent() && reserve.isPresent() && warn.get() < reserve.get()) {
            diskSpace.problem("warn", "the warning must come before the reserve is reached");
        }
        return new DiskSpaceMonitor.Limits(
                warn.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                reserve.map(OptionalLong::of).orElseGet(OptionalLong::empty));
    }

    private UnassignedConfig unassigned(Section unassigned, Path store) {
        Path beside = store.resolveSibling(store.getFileName() + "-unassigned");
        Path directory = unassigned.value("directory", files.directory(), beside);
        Duration keep =
                unassigned.value(
                        "keep",
                        Formats.duration(Duration.ofDays(1), Duration.ofDays(3653)),
                        Duration.ofDays(90));
        return unassigned.section(
                "surge",
                surge ->
                        new UnassignedConfig(
                                directory,
                                keep,
                                surge.value("factor", Formats.count(2, 1_000), 10),
                                surge.value("least", Formats.count(1, 100_000_000), 1_000)));
    }

    private static Answering answering(Section answers) {
        Nonces nonces =
                answers.value(
                        "nonce",
                        Formats.choice(Map.of("ignore", Nonces.IGNORE, "echo", Nonces.ECHO)),
                        Nonces.IGNORE);
        Unassigned unassigned =
                answers.value(
                        "unassigned",
                        Formats.choice(
                                Map.of(
                                        "unauthorized", Unassigned.UNAUTHORIZED,
                                        "unknown", Unassigned.UNKNOWN)),
                        Unassigned.UNAUTHORIZED);
        Duration retryAfter =
                answers.value(
                        "retryAfter",
                        Formats.seconds(Duration.ofSeconds(1), Duration.ofHours(1)),
                        Duration.ofSeconds(30));
        int most = answers.value("maxCertificates", Formats.count(1, 256), 16);
        long cache = answers.value("cache", Formats.size(0, 1L << 40), 128_000_000L);
        return new Answering(
                new AnswerConfig(nonces, unassigned, retryAfter, cache), new RequestLimits(most));
    }

    private static LoggingConfig logging(Section logging) {
        LoggingConfig usual = LoggingConfig.USUAL;
        return new LoggingConfig(
                logging.value(
                        "format",
                        Formats.choice(
                                Map.of(
                                        "text", LoggingConfig.Format.TEXT,
                                        "json", LoggingConfig.Format.JSON)),
                        usual.format()),
                logging.value(
                        "level",
                        Formats.choice(
                                Map.of(
                                        "error", LoggingConfig.Level.ERROR,
                                        "warn", LoggingConfig.Level.WARN,
                                        "info", LoggingConfig.Level.INFO,
                                        "debug", LoggingConfig.Level.DEBUG,
                                        "trace", LoggingConfig.Level.TRACE)),
                        usual.level()));
    }

    private static List<Issuer> issuers(Section file, IssuerSections reader) {
        List<Issuer> issuers = file.sections("issuers", reader::read);
        if (issuers.isEmpty()) {
            file.problem("issuers", "names no issuer: list at least one");
        }
        return issuers;
    }
}
