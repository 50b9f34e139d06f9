import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Runs the finished distribution once and records an AOT cache, so that later starts need not
/// load, link and profile the same classes again (JEP 483, 514, 515). Called by the build only.
///
/// `demo` creates the files; the recorded run is `serve` with them, as operators run it: on an
/// existing store, audit log and alerts, with health checks, API and metrics. It is started by the
/// launch script itself, since the JVM accepts a cache only under the class path and options it was
/// recorded with. Clients take every way through it: responses that an earlier run stored,
/// signatures, cached answers, refusals; and it loads a file of each kind, the last of which
/// revokes what was asked for, so that its responses are renewed. A method that was hot here is
/// compiled when its class is next used. At its end the JVM writes `lib/start.aot`. Argument: the
/// build directory.
final class AotTrainingRun {
    private static final String PROGRAM = "precert-ocsp";
    private static final String CONFIGURATION = "precert-ocsp.yaml";
    private static final String ARGUMENTS = "serve.arguments";
    private static final int TIMEOUT_SECONDS = 120;

    /// Java's own, not the launcher's: here as many methods as possible are to be optimized.
    private static final String USUAL_THRESHOLDS =
            "-XX:Tier4InvocationThreshold=5000 -XX:Tier4MinInvocationThreshold=600"
                    + " -XX:Tier4CompileThreshold=15000 -XX:Tier4BackEdgeThreshold=40000";

    private static final String ONLY_C1 = "-XX:TieredStopAtLevel=1";

    // A method is compiled thoroughly after some five thousand calls. All takes some ten seconds.
    private static final List<BigInteger> STORED = AotTrainingFeeds.serials(0, 9_000);
    private static final List<BigInteger> LIVE = AotTrainingFeeds.serials(100_000, 9_000);
    private static final List<BigInteger> LOADED = AotTrainingFeeds.serials(200_000, 40_000);
    private static final List<BigInteger> INDEXED = AotTrainingFeeds.serials(300_000, 40_000);
    private static final int ROUNDS = 450;

    private final Path directory;
    private final Path libraries;
    private final Path cache;
    private final Path program;

    private AotTrainingRun(Path build) {
        this.directory = build.resolve("aot-training");
        this.libraries = build.resolve(PROGRAM).resolve("lib");
        this.cache = libraries.resolve("start.aot");
        this.program = build.resolve(PROGRAM).resolve("bin").resolve(PROGRAM);
    }

    public static void main(String[] arguments) throws Exception {
        new AotTrainingRun(Path.of(arguments[0]).toAbsolutePath()).run();
    }

    private void run() throws Exception {
        removeOld();
        NativeLibraries natives = new NativeLibraries(libraries.resolve("native"));
        try (Stream<Path> files = Files.list(libraries)) {
            for (Path jar : files.filter(it -> it.toString().endsWith(".jar")).sorted().toList()) {
                natives.extractFrom(jar);
                new AotReadyJar(jar).rewrite();
            }
        }
        int port = freePort();
        int healthPort = freePort();
        makeFiles(port, healthPort);
        // From a file, so that the program also makes its other commands, whose start is prepared
        // too.
        Files.writeString(directory.resolve(ARGUMENTS), "serve -c " + CONFIGURATION);
        AotTrainingFeeds feeds = new AotTrainingFeeds(directory);
        AotTrainingClients clients = new AotTrainingClients(directory);
        load("csv", feeds.csv("stored.csv", STORED));
        load("csv", feeds.csv("live.csv", LIVE));
        serve(ONLY_C1, () -> clients.send(port, clients.requestsFor(STORED), 1));
        serve(
                "-XX:AOTCacheOutput=" + cache + " " + USUAL_THRESHOLDS,
                () -> {
                    clients.send(port, clients.requestsFor(STORED), 1);
                    clients.send(port, clients.requestsFor(LIVE), 1);
                    clients.send(port, clients.usualRequests(), ROUNDS);
                    for (String page : List.of("/healthz", "/readyz", "/metrics")) {
                        clients.get(healthPort, page);
                    }
                    load("csv", feeds.csv("loaded.csv", LOADED));
                    load("index", feeds.index("index.txt", INDEXED));
                    load("crl", feeds.crl("training.crl", LIVE));
                    clients.send(port, clients.requestsFor(LIVE), 1);
                });
        // A separate process writes the cache after the server has ended.
        if (!Files.exists(cache)) {
            throw new IllegalStateException("no AOT cache was written: see " + directory);
        }
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /// What clients do while a server runs.
    private interface Traffic {
        void send() throws Exception;
    }

    private void serve(String javaOptions, Traffic traffic) throws Exception {
        Path log = Files.createTempFile(directory, "serve", ".log");
        Process server = start(log, javaOptions, "@" + ARGUMENTS);
        try {
            awaitReady(server, log);
            traffic.send();
            server.destroy();
            if (!server.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server did not end: see " + log);
            }
        } finally {
            server.destroyForcibly();
        }
    }

    private void removeOld() throws IOException {
        Files.deleteIfExists(cache);
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(directory);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// A CA, certificates it issued, certificates for the API, and the configuration.
    private void makeFiles(int port, int healthPort) throws Exception {
        Path log = Files.createFile(directory.resolve("demo.log"));
        Process demo =
                start(
                        log,
                        ONLY_C1,
                        "demo",
                        "--admin",
                        "--admin-port",
                        Integer.toString(freePort()),
                        "--port",
                        Integer.toString(port),
                        "--dir",
                        directory.toString());
        try {
            awaitReady(demo, log);
            demo.destroy();
            if (!demo.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("demo did not end: see " + log);
            }
        } finally {
            demo.destroyForcibly();
        }
        Path file = directory.resolve(CONFIGURATION);
        String original = Files.readString(file);
        String changed = original.replace("listen: 127.0.0.1:0", "listen: 127.0.0.1:" + healthPort);
        if (changed.equals(original)) {
            throw new IllegalStateException("no health check port to replace in " + file);
        }
        Files.writeString(file, changed);
    }

    /// Loads a file, through the server if one runs.
    private void load(String kind, Path file) throws Exception {
        Path log = Files.createTempFile(directory, "load", ".log");
        Process load =
                start(
                        log,
                        ONLY_C1,
                        "load",
                        kind,
                        "-c",
                        CONFIGURATION,
                        "--issuer",
                        "issuer.pem",
                        file.toString());
        if (!load.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || load.exitValue() != 0) {
            load.destroyForcibly();
            throw new IllegalStateException(file + " was not loaded: see " + log);
        }
    }

    private Process start(Path log, String javaOptions, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(program.toString()));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
        builder.environment().put("PRECERT_OCSP_JAVA_OPTS", javaOptions);
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static void awaitReady(Process server, Path log) throws Exception {
        while (Files.readAllLines(log).stream().noneMatch(line -> line.startsWith("ready "))) {
            if (!server.isAlive()) {
                throw new IllegalStateException("the server did not start: see " + log);
            }
            Thread.sleep(20);
        }
    }
}
