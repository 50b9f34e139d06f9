import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;

/// Runs the finished distribution once, so that later starts need not load, link and profile the
/// same classes again (JEP 483, 514, 515). The build calls it; nothing else does.
///
/// Starts `demo` with the launch script itself, since Java accepts the prepared classes only under
/// the class path and options they were made with. Asks what clients ask, then ends the server,
/// which writes `lib/start.aot`. Argument: the build folder.
final class Rehearsal {
    private static final String PROGRAM = "precert-ocsp";
    private static final int ROUNDS = 300;
    private static final int PATIENCE_SECONDS = 120;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path directory;
    private final Path prepared;
    private final Path program;

    private Rehearsal(Path build) {
        this.directory = build.resolve("rehearsal");
        this.prepared = build.resolve(PROGRAM).resolve("lib/start.aot");
        this.program = build.resolve(PROGRAM).resolve("bin").resolve(PROGRAM);
    }

    public static void main(String[] arguments) throws Exception {
        new Rehearsal(Path.of(arguments[0]).toAbsolutePath()).run();
    }

    private void run() throws Exception {
        removeOld();
        try (Stream<Path> libraries = Files.list(prepared.getParent())) {
            for (Path jar : libraries.filter(it -> it.toString().endsWith(".jar")).toList()) {
                new PlainJar(jar).write();
            }
        }
        Path log = Files.createFile(Files.createDirectories(directory).resolve("rehearsal.log"));
        int port = freePort();
        ProcessBuilder builder =
                new ProcessBuilder(
                        program.toString(),
                        "demo",
                        "--port",
                        Integer.toString(port),
                        "--dir",
                        directory.toString());
        builder.environment().put("PRECERT_OCSP_JAVA_OPTS", "-XX:AOTCacheOutput=" + prepared);
        Process server = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            awaitReady(server, log);
            askAll("http://127.0.0.1:" + port);
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
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitReady(Process server, Path log) throws Exception {
        while (Files.readAllLines(log).stream().noneMatch(line -> line.startsWith("ready "))) {
            if (!server.isAlive()) {
                throw new IllegalStateException("the server did not start: see " + log);
            }
            Thread.sleep(20);
        }
    }

    private void askAll(String url) throws Exception {
        List<byte[]> requests = new ArrayList<>();
        X509CertificateHolder issuer = certificate("issuer.pem");
        for (ASN1ObjectIdentifier hash :
                List.of(OIWObjectIdentifiers.idSHA1, NISTObjectIdentifiers.id_sha256)) {
            for (String name : List.of("issued.pem", "precertificate.pem", "revoked.pem")) {
                requests.add(request(issuer, hash, certificate(name).getSerialNumber()));
            }
            requests.add(request(issuer, hash, BigInteger.ONE.shiftLeft(100)));
        }
        for (int i = 0; i < ROUNDS; i++) {
            for (byte[] request : requests) {
                ask(url, to -> to.POST(HttpRequest.BodyPublishers.ofByteArray(request)));
                String text = Base64.getEncoder().encodeToString(request);
                ask(url + "/" + text.replace("+", "%2B").replace("/", "%2F"), to -> {});
            }
        }
    }

    private void ask(String url, Consumer<HttpRequest.Builder> how) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/ocsp-request");
        how.accept(request);
        int status =
                client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status != 200) {
            throw new IllegalStateException(url + " answers " + status);
        }
    }

    private static byte[] request(
            X509CertificateHolder issuer, ASN1ObjectIdentifier hash, BigInteger serial)
            throws Exception {
        return new OCSPReqBuilder()
                .addRequest(
                        new CertificateID(
                                new BcDigestCalculatorProvider().get(new AlgorithmIdentifier(hash)),
                                issuer,
                                serial))
                .build()
                .getEncoded();
    }

    private X509CertificateHolder certificate(String name) throws IOException {
        Path file = directory.resolve(name);
        try (PEMParser parser =
                new PEMParser(Files.newBufferedReader(file, StandardCharsets.US_ASCII))) {
            return (X509CertificateHolder) parser.readObject();
        }
    }
}
