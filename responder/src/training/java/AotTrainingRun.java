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
/// recorded with. Clients send it usual requests, mostly for serials not requested before: signing
/// takes longest to become fast. At its end it writes `lib/start.aot`. Argument: the build
/// directory.
final class AotTrainingRun {
    private static final String PROGRAM = "precert-ocsp";
    private static final String CONFIGURATION = "precert-ocsp.yaml";
    private static final int TIMEOUT_SECONDS = 120;

    // Each is signed once, then answered from the cache. Takes some ten seconds.
    private static final int SERIALS = 9_000;
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
        List<BigInteger> serials = loadSerials();
        Path log = Files.createFile(directory.resolve("serve.log"));
        Process server = start(log, "-XX:AOTCacheOutput=" + cache, "serve", "-c", CONFIGURATION);
        try {
            awaitReady(server, log);
            AotTrainingClients clients = new AotTrainingClients(directory);
            clients.send(port, clients.requestsFor(serials), 1);
            clients.send(port, clients.usualRequests(), ROUNDS);
            for (String page : List.of("/healthz", "/readyz", "/metrics")) {
                clients.get(healthPort, page);
            }
            server.destroy();
            // A separate process writes the cache after the server has ended.
            if (!server.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || !Files.exists(cache)) {
                throw new IllegalStateException("no AOT cache was written: see " + log);
            }
        } finally {
            server.destroyForcibly();
        }
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rw-r--r--"));
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
                        "-XX:TieredStopAtLevel=1",
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

    private List<BigInteger> loadSerials() throws Exception {
        List<BigInteger> serials = new ArrayList<>();
        StringBuilder lines = new StringBuilder("serial,status\n");
        for (int i = 0; i < SERIALS; i++) {
            // A serial of a usual length.
            BigInteger serial = BigInteger.TWO.pow(125).add(BigInteger.valueOf(i));
            serials.add(serial);
            lines.append(serial.toString(16)).append(",good\n");
        }
        Files.writeString(directory.resolve("serials.csv"), lines);
        Path log = Files.createFile(directory.resolve("load.log"));
        Process load =
                start(
                        log,
                        "-XX:TieredStopAtLevel=1",
                        "load",
                        "csv",
                        "-c",
                        CONFIGURATION,
                        "--issuer",
                        "issuer.pem",
                        "serials.csv");
        if (!load.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || load.exitValue() != 0) {
            load.destroyForcibly();
            throw new IllegalStateException("the serials were not loaded: see " + log);
        }
        return serials;
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
