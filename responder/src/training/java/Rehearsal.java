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

/// Runs the finished distribution once, so that later starts need not load, link and profile the
/// same classes again (JEP 483, 514, 515). The build calls it; nothing else does.
///
/// `demo` makes the files; `serve` with them, as operators run it, is what is recorded: a start on
/// a store, an audit log and alerts that are there, with probes, API and metrics. It runs from the
/// launch script itself, since Java accepts the prepared classes only under the class path and
/// options they were made with. It is asked what clients ask, new serials above all: signing is
/// what takes longest to become fast. Ending, it writes `lib/start.aot`. Argument: the build
/// folder.
final class Rehearsal {
    private static final String PROGRAM = "precert-ocsp";
    private static final String CONFIGURATION = "precert-ocsp.yaml";
    private static final int PATIENCE_SECONDS = 120;

    // Each is signed once; all are asked for again from memory. Some ten seconds.
    private static final int SERIALS = 9_000;
    private static final int ROUNDS = 450;

    private final Path directory;
    private final Path libraries;
    private final Path prepared;
    private final Path program;

    private Rehearsal(Path build) {
        this.directory = build.resolve("rehearsal");
        this.libraries = build.resolve(PROGRAM).resolve("lib");
        this.prepared = libraries.resolve("start.aot");
        this.program = build.resolve(PROGRAM).resolve("bin").resolve(PROGRAM);
    }

    public static void main(String[] arguments) throws Exception {
        new Rehearsal(Path.of(arguments[0]).toAbsolutePath()).run();
    }

    private void run() throws Exception {
        removeOld();
        NativeLibraries natives = new NativeLibraries(libraries.resolve("native"));
        try (Stream<Path> files = Files.list(libraries)) {
            for (Path jar : files.filter(it -> it.toString().endsWith(".jar")).sorted().toList()) {
                natives.takeFrom(jar);
                new PlainJar(jar).write();
            }
        }
        int port = freePort();
        int probes = freePort();
        makeFiles(port, probes);
        List<BigInteger> serials = loadSerials();
        Path log = Files.createFile(directory.resolve("rehearsal.log"));
        Process server = start(log, "-XX:AOTCacheOutput=" + prepared, "serve", "-c", CONFIGURATION);
        try {
            awaitReady(server, log);
            Audience audience = new Audience(directory);
            audience.ask(port, audience.requestsFor(serials), 1);
            audience.ask(port, audience.usualRequests(), ROUNDS);
            for (String page : List.of("/healthz", "/readyz", "/metrics")) {
                audience.look(probes, page);
            }
            server.destroy();
            // The prepared classes are written by a process of its own, when all else has ended.
            if (!server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || !Files.exists(prepared)) {
                throw new IllegalStateException("no prepared start: see " + log);
            }
        } finally {
            server.destroyForcibly();
        }
        Files.setPosixFilePermissions(prepared, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private void removeOld() throws IOException {
        Files.deleteIfExists(prepared);
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

    /// A CA, what it issued, certificates for the API, and the configuration.
    private void makeFiles(int port, int probes) throws Exception {
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
            if (!demo.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("demo does not end: see " + log);
            }
        } finally {
            demo.destroyForcibly();
        }
        Path file = directory.resolve(CONFIGURATION);
        String usual = Files.readString(file);
        String probed = usual.replace("listen: 127.0.0.1:0", "listen: 127.0.0.1:" + probes);
        if (probed.equals(usual)) {
            throw new IllegalStateException("no probes to move in " + file);
        }
        Files.writeString(file, probed);
    }

    private List<BigInteger> loadSerials() throws Exception {
        List<BigInteger> serials = new ArrayList<>();
        StringBuilder lines = new StringBuilder("serial,status\n");
        for (int i = 0; i < SERIALS; i++) {
            // As long as most are.
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
        if (!load.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || load.exitValue() != 0) {
            load.destroyForcibly();
            throw new IllegalStateException("serials not loaded: see " + log);
        }
        return serials;
    }

    private Process start(Path log, String options, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(program.toString()));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
        builder.environment().put("PRECERT_OCSP_JAVA_OPTS", options);
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
