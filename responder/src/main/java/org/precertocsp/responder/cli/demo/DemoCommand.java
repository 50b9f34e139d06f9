package org.precertocsp.responder.cli.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.cli.ServerLauncher;
import org.precertocsp.responder.cli.ServerLifecycle;
import org.precertocsp.responder.cli.StartupException;
import org.precertocsp.responder.cli.demo.DemoCa.DemoExtensions;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.logging.LoggingSetup;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `demo`: shows the responder at work in one command, with a CA created for it.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Demonstrates the responder with a CA created for it.",
            "",
            "Creates a temporary CA, loads an issued certificate, a precertificate whose "
                    + "certificate was never issued, one signed by a Precertificate Signing Certificate"
                    + " and a revoked one with the real commands, and answers for them on 127.0.0.1 "
                    + "until SIGTERM or Ctrl-C.",
            "",
            "Prints commands to paste, then `ready http://127.0.0.1:PORT`.",
            "",
            "With --cluster: three brokers of Apache Kafka, two authorities and two edges, each a "
                    + "process of its own on this machine, and commands with which to revoke, kill, "
                    + "pause and look. They end with this command, or with the process that started it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp demo",
            "  precert-ocsp demo --port 9080 --dir /tmp/demo   # keeps its state there",
            "  precert-ocsp demo --admin                       # with API and console on port 8443",
            "  precert-ocsp demo --admin-plain                 # the same without certificates",
            "  precert-ocsp demo --cluster                     # a cluster on this machine",
            "  precert-ocsp demo --cluster --kafka kafka_2.13-4.4.0   # with a download of Kafka"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int OK = 0;
    static final List<String> CERTIFICATES =
            List.of("issued.pem", "precertificate.pem", "psc-precertificate.pem", "revoked.pem");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description =
                    "Port of the OCSP endpoint (default: ${DEFAULT-VALUE}). With --cluster, the first"
                            + " of "
                            + ClusterDemo.Ports.COUNT
                            + " that are used.")
    private int port;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Directory for all files (default: a new temporary one). A directory that"
                            + " already holds a demonstration is used again.")
    private @Nullable Path directory;

    @Option(
            names = "--admin",
            description =
                    "Serve the private API and its console too, with a certificate authority and a"
                            + " client certificate for each role made for them.")
    private boolean admin;

    @Option(
            names = "--admin-plain",
            description =
                    "As --admin, in plain HTTP and without certificates: every local user is an operator.")
    private boolean adminPlain;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "8443",
            description = "Port of the private API (default: ${DEFAULT-VALUE}).")
    private int adminPort;

    @Option(
            names = "--cluster",
            description =
                    "Start a cluster instead of one server; takes about 2 GB of memory, bounded.")
    private boolean cluster;

    @Option(
            names = "--kafka",
            paramLabel = "DIR",
            description =
                    "With --cluster: the directory of an unpacked download of Apache Kafka, whose"
                            + " broker is started (default: what the build of this program left beside"
                            + " it).")
    private @Nullable Path kafka;

    private final ServerLauncher launcher;
    private final InstantSource clock;

    public DemoCommand(ServerLauncher launcher, InstantSource clock) {
        this.launcher = launcher;
        this.clock = clock;
    }

    @Override
    public Integer call()
            throws IOException, ConfigException, StartupException, InterruptedException {
        if (cluster) {
            return cluster();
        }
        if (kafka != null) {
            throw new ParameterException(spec.commandLine(), "--kafka is for --cluster");
        }
        DemoDirectory files = folder();
        String url = "http://127.0.0.1:" + port;
        if (!Files.exists(files.in("issuer.pem"))) {
            new DemoCertificates(files, url, clock.instant()).create();
        }
        DemoApi api = new DemoApi(files, adminPort, DemoApi.ROLES);
        if (admin) {
            api.create(clock.instant());
        }
        DemoConfiguration.write(files, port, adminSection(api));
        int loaded = load(files);
        if (loaded != OK) {
            return loaded;
        }
        DemoInstructions.print(spec.commandLine().getOut(), files, url);
        if (adminPlain) {
            api.printPlain(spec.commandLine().getOut());
        } else if (admin) {
            api.print(spec.commandLine().getOut());
        }
        ServerConfig config = ConfigReader.read(files.configuration());
        LoggingSetup.apply(config.logging());
        ServerLifecycle.untilStopped(launcher.start(config), spec.commandLine().getOut());
        return OK;
    }

    private int cluster()
            throws IOException, ConfigException, StartupException, InterruptedException {
        if (admin || adminPlain) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--cluster serves the API of its authorities in any case: leave out --admin and"
                            + " --admin-plain");
        }
        new ClusterDemo(
                        Optional.ofNullable(directory),
                        Optional.ofNullable(kafka),
                        new ClusterDemo.Ports(port),
                        clock,
                        spec.commandLine().getOut())
                .run();
        return OK;
    }

    private String adminSection(DemoApi api) {
        if (adminPlain) {
            return api.plainConfiguration();
        }
        return admin ? api.configuration() : "";
    }

    private DemoDirectory folder() throws IOException {
        Path folder =
                directory == null
                        ? Files.createTempDirectory("precert-ocsp-demo-")
                        : Files.createDirectories(directory);
        return new DemoDirectory(folder.toAbsolutePath().normalize());
    }

    /// Runs the same commands an operator would.
    private int load(DemoDirectory files) {
        int certificates = loading("certificates", files, CERTIFICATES);
        return certificates == OK
                ? loading("crl", files, List.of("revocations.crl"))
                : certificates;
    }

    private int loading(String kind, DemoDirectory files, List<String> names) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of(kind, "-c", files.configuration().toString()));
        names.forEach(name -> arguments.add(files.in(name).toString()));
        CommandLine load = Objects.requireNonNull(spec.parent().subcommands().get("load"), "load");
        return load.execute(arguments.toArray(String[]::new));
    }

    /// The demonstration's configuration: small, but complete.
    static final class DemoConfiguration {
        private DemoConfiguration() {}

        /// @param more sections
        static void write(DemoDirectory files, int port, String more) throws IOException {
            Files.writeString(files.configuration(), text(port) + more);
        }

        private static String text(int port) {
            return """
            # Written by `precert-ocsp demo`; `precert-ocsp config sample` explains every key.
            store: {directory: store}
            spool: {directory: spool, poll: 200ms}
            http: {listen: ["127.0.0.1:%d"]}
            issuers:
              - name: demo
                certificates: [issuer.pem]
                precertificateSigning: [precertificate-signing.pem]
                profile: tls
                responder:
                  certificate: responder.pem
                  key: {pem: {file: responder.key}}
            """
                    .formatted(port);
        }
    }

    /// Prints the commands to paste, with their expected results.
    static final class DemoInstructions {
        private record Chapter(String file, String what, String answer) {}

        private static final List<Chapter> CHAPTERS =
                List.of(
                        new Chapter("issued.pem", "an issued certificate", "good"),
                        new Chapter(
                                "precertificate.pem",
                                "a precertificate whose certificate was never issued",
                                "good"),
                        new Chapter(
                                "psc-precertificate.pem",
                                "one signed by a Precertificate Signing Certificate",
                                "good"),
                        new Chapter("revoked.pem", "a revoked certificate", "revoked"));

        private DemoInstructions() {}

        /// The directory of this program, if it was started by its launcher.
        static Optional<String> ownFolder() {
            return Optional.ofNullable(System.getProperty("precertocsp.bin"));
        }

        /// The same, if a shell would not find the program in its path.
        static Optional<String> folderToAdd() {
            Optional<String> own = ownFolder();
            String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
            boolean found =
                    Arrays.stream(path.split(":", -1))
                            .anyMatch(
                                    folder ->
                                            !folder.isEmpty()
                                                    && Files.isExecutable(
                                                            Path.of(folder, "precert-ocsp")));
            return own.filter(_ -> !found);
        }

        static void print(PrintWriter out, DemoDirectory files, String url) {
            out.printf("%nPaste into another terminal:%n%n  cd %s%n", files.directory());
            folderToAdd().ifPresent(bin -> out.printf("  export PATH=\"%s:$PATH\"%n", bin));
            for (Chapter chapter : CHAPTERS) {
                out.printf(
                        "%n  # %s: \"Response verify OK\", %s%n  openssl ocsp -issuer issuer.pem -cert"
                                + " %s -url %s -CAfile root.pem%n",
                        chapter.what(), chapter.answer(), chapter.file(), url);
            }
            out.printf(
                    "%n  # the same under SHA-256%n  openssl ocsp -sha256 -issuer issuer.pem -cert"
                            + " precertificate.pem -url %s -CAfile root.pem%n",
                    url);
            out.printf(
                    "%n  # a serial nobody assigned: \"Responder Error: unauthorized (6)\", never"
                            + " good%n  openssl ocsp -issuer issuer.pem -serial 0x$(openssl rand -hex 15)"
                            + " -url %s -CAfile root.pem%n",
                    url);
            out.printf(
                    "%n  # over GET, with the headers a cache sees%n  openssl ocsp -issuer issuer.pem"
                            + " -cert issued.pem -no_nonce -reqout issued.ocsp%n  curl -s -D - -o"
                            + " issued.response %s/$(base64 -w0 issued.ocsp | sed 's,+,%%2B,g; s,/,%%2F,g;"
                            + " s,=,%%3D,g')%n",
                    url);
            out.printf(
                    "%n  # what is known of a serial, and why%n"
                            + "  precert-ocsp status -c precert-ocsp.yaml --issuer issuer.pem"
                            + " $(openssl x509 -in revoked.pem -noout -serial | cut -d= -f2)%n%n");
            out.flush();
        }
    }

    /// Creates a root, an issuing CA, its Precertificate Signing Certificate and delegate, and one
    /// certificate or precertificate for each case that the demonstration shows.
    static final class DemoCertificates {
        private static final Duration DECADE = Duration.ofDays(3_650);
        private static final Duration QUARTER = Duration.ofDays(90);

        private final DemoDirectory files;
        private final String responderUrl;
        private final Instant now;

        DemoCertificates(DemoDirectory files, String responderUrl, Instant now) {
            this.files = files;
            this.responderUrl = responderUrl;
            this.now = now;
        }

        void create() throws IOException {
            Files.createDirectories(files.directory());
            X500Name issuerName = name("precert-ocsp demo issuing CA");
            DemoCa root = authority(name("precert-ocsp demo root"), DECADE);
            files.write(
                    "root.pem", root.issue(root.name(), root.keys(), DemoExtensions.authority()));

            DemoCa issuer = authority(issuerName, QUARTER);
            files.write(
                    "issuer.pem",
                    root.issue(issuerName, issuer.keys(), DemoExtensions.authority()));
            files.writeKey("issuer.key", issuer.keys());
            writeResponder(issuer);
            writeLeaves(issuer);
            writeSignedByPrecertificateSigner(issuer);
        }

        private void writeResponder(DemoCa issuer) throws IOException {
            KeyPair keys = DemoCa.newKeys();
            files.writeKey("responder.key", keys);
            files.write(
                    "responder.pem",
                    issuer.issue(
                            name("precert-ocsp demo responder"), keys, DemoExtensions.responder()));
        }

        private void writeLeaves(DemoCa issuer) throws IOException {
            files.write("issued.pem", leaf(issuer, "issued.example"));
            X509CertificateHolder revoked = leaf(issuer, "revoked.example");
            files.write("revoked.pem", revoked);
            files.write("revocations.crl", issuer.revoke(revoked));
            files.write("precertificate.pem", precertificate(issuer, "precertificate.example"));
        }

        /// The Precertificate Signing Certificate has the issuing CA's own name, as RFC 6962
        /// allows: then clients that build a CertID from the precertificate's issuer field find the
        /// final CA.
        private void writeSignedByPrecertificateSigner(DemoCa issuer) throws IOException {
            DemoCa signer = authority(issuer.name(), QUARTER);
            files.write(
                    "precertificate-signing.pem",
                    issuer.issue(
                            signer.name(), signer.keys(), DemoExtensions.precertificateSigning()));
            files.write("psc-precertificate.pem", precertificate(signer, "psc.example"));
        }

        private X509CertificateHolder leaf(DemoCa issuer, String host) {
            return issuer.issue(
                    subject(host), DemoCa.newKeys(), DemoExtensions.server(host, responderUrl));
        }

        private X509CertificateHolder precertificate(DemoCa issuer, String host) {
            return issuer.issue(
                    subject(host), DemoCa.newKeys(), DemoExtensions.poisoned(host, responderUrl));
        }

        private DemoCa authority(X500Name name, Duration validity) {
            return new DemoCa(name, DemoCa.newKeys(), now, validity);
        }

        private static X500Name name(String commonName) {
            return new X500Name("C=ZZ,O=precert-ocsp,CN=" + commonName);
        }

        private static X500Name subject(String host) {
            return new X500Name("CN=" + host);
        }
    }

    /// The demonstration's private API: a CA of its own for server and clients, and one client for
    /// each role. It also writes the configuration with which `openssl ca` issues from the
    /// demonstration's CA.
    static final class DemoApi {
        static final List<String> ROLES = List.of("issuer", "revoker", "viewer", "operator");

        /// Browsers reject a file without one.
        static final String PASSWORD = "demo";

        private static final Duration QUARTER = Duration.ofDays(90);

        private final DemoDirectory files;
        private final int port;
        private final List<String> roles;

        /// @param roles for each of which there is a client
        DemoApi(DemoDirectory files, int port, List<String> roles) {
            this.files = files;
            this.port = port;
            this.roles = roles;
        }

        /// Creates the files that do not exist yet.
        void create(Instant now) throws IOException {
            if (Files.exists(files.in("admin-ca.pem"))) {
                return;
            }
            DemoCa authority =
                    new DemoCa(name("precert-ocsp demo admin CA"), DemoCa.newKeys(), now, QUARTER);
            KeyPair server = DemoCa.newKeys();
            files.writeKey("admin.key", server);
            files.write(
                    "admin.pem", authority.issue(name("localhost"), server, DemoExtensions.api()));
            for (String role : roles) {
                KeyPair keys = DemoCa.newKeys();
                files.writeKey("client-" + role + ".key", keys);
                X509CertificateHolder certificate =
                        authority.issue(name("demo-" + role), keys, DemoExtensions.client());
                files.write("client-" + role + ".pem", certificate);
                files.writePkcs12("client-" + role + ".p12", PASSWORD, keys, certificate);
            }
            for (String index : List.of("precertificates.txt", "certificates.txt")) {
                Files.writeString(files.in(index), "");
            }
            Files.writeString(files.in("ca.cnf"), ISSUING);
            // Last: without this file, everything is created again.
            files.write(
                    "admin-ca.pem",
                    authority.issue(
                            authority.name(), authority.keys(), DemoExtensions.authority()));
        }

        /// The section of the configuration.
        String configuration() {
            return configuration(0);
        }

        /// @param health port of probes and metrics; 0 for any
        String configuration(int health) {
            StringBuilder text =
                    new StringBuilder(
                            """
                            admin:
                              listen: 127.0.0.1:%d
                              api:
                                listen: 127.0.0.1:%d
                                certificate: admin.pem
                                key: admin.key
                                clients:
                            """
                                    .formatted(health, port));
            for (String role : roles) {
                text.append(
                        "      - {role: %s, ca: admin-ca.pem, subject: \"%s\"}\n"
                                .formatted(role, subject("demo-" + role)));
            }
            return text.toString();
        }

        /// As [#configuration], for all local users.
        String plainConfiguration() {
            return """
            admin:
              listen: 127.0.0.1:0
              api:
                listen: 127.0.0.1:%d
                plain: true
                role: operator
            """
                    .formatted(port);
        }

        void printPlain(PrintWriter out) {
            out.printf("  # the console, for your browser%n  http://127.0.0.1:%d/%n%n", port);
            out.flush();
        }

        void print(PrintWriter out) {
            String curl =
                    "curl -s --cacert admin-ca.pem --cert client-%s.pem --key client-%s.key"
                            + " https://127.0.0.1:"
                            + port
                            + "/v1/";
            out.printf(
                    """
                      # the private API: announce a serial (now answered "trylater"), take it back
                      %sannouncements -H 'Content-Type: application/json' -d '{"issuer": "demo", "serial": "2a"}'
                      %scancellations -H 'Content-Type: application/json' -d '{"issuer": "demo", "serial": "2a"}'

                      # revoke the issued certificate
                      %srevocations -H 'Content-Type: application/json' -d "{\\"issuer\\": \\"demo\\", \\"reason\\": \\"superseded\\", \\"serial\\": \\"$(openssl x509 -in issued.pem -noout -serial | cut -d= -f2)\\"}"

                      # what is known of it, and what else there is; a client without a certificate is rejected
                      %sissuers/demo/serials/$(openssl x509 -in issued.pem -noout -serial | cut -d= -f2)
                      %sopenapi.json

                      # the console: have your browser import client-operator.p12 (password %s) and trust admin-ca.pem
                      https://127.0.0.1:%d/

                    """,
                    as(curl, "issuer"),
                    as(curl, "issuer"),
                    as(curl, "revoker"),
                    as(curl, "viewer"),
                    as(curl, "viewer"),
                    PASSWORD,
                    port);
            out.flush();
        }

        private static String as(String curl, String role) {
            return curl.formatted(role, role);
        }

        private static X500Name name(String commonName) {
            return new X500Name("C=ZZ,O=precert-ocsp,CN=" + commonName);
        }

        /// In RFC 2253 order, the last part first.
        private static String subject(String commonName) {
            return "CN=" + commonName + ",O=precert-ocsp,C=ZZ";
        }

        /// Precertificate and certificate carry one serial, so `openssl ca` keeps an index for
        /// each.
        private static final String ISSUING =
                """
                # For `openssl ca`, written by `precert-ocsp demo --admin`.
                [precertificate]
                database = precertificates.txt
                x509_extensions = poisoned

                [certificate]
                database = certificates.txt
                x509_extensions = usual

                [default]
                certificate = issuer.pem
                private_key = issuer.key
                new_certs_dir = .
                serial = serial.txt
                default_md = sha256
                policy = any_name
                unique_subject = no
                email_in_dn = no

                [any_name]
                commonName = supplied

                [usual]
                subjectKeyIdentifier = hash
                authorityKeyIdentifier = keyid
                keyUsage = critical, digitalSignature
                extendedKeyUsage = serverAuth
                subjectAltName = DNS:new.example

                [poisoned]
                subjectKeyIdentifier = hash
                authorityKeyIdentifier = keyid
                keyUsage = critical, digitalSignature
                extendedKeyUsage = serverAuth
                subjectAltName = DNS:new.example
                1.3.6.1.4.1.11129.2.4.3 = critical, ASN1:NULL
                """;
    }

    /// The demonstration's directory and the files in it.
    record DemoDirectory(Path directory) {
        Path configuration() {
            return directory.resolve("precert-ocsp.yaml");
        }

        Path in(String name) {
            return directory.resolve(name);
        }

        void write(String name, X509CertificateHolder certificate) throws IOException {
            Files.writeString(in(name), pem("CERTIFICATE", certificate.getEncoded()));
        }

        void write(String name, X509CRLHolder crl) throws IOException {
            Files.writeString(in(name), pem("X509 CRL", crl.getEncoded()));
        }

        /// Writes PKCS#8, readable by the owner only from its first byte on.
        void writeKey(String name, KeyPair keys) throws IOException {
            writePrivately(
                    name,
                    pem("PRIVATE KEY", keys.getPrivate().getEncoded())
                            .getBytes(StandardCharsets.US_ASCII));
        }

        /// Writes the public half, as `openssl pkey -pubout` does.
        void writePublicKey(String name, KeyPair keys) throws IOException {
            Files.writeString(in(name), pem("PUBLIC KEY", keys.getPublic().getEncoded()));
        }

        /// Writes key and certificate in the format that browsers import.
        void writePkcs12(
                String name, String password, KeyPair keys, X509CertificateHolder certificate)
                throws IOException {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                Certificate[] chain = {
                    new JcaX509CertificateConverter().getCertificate(certificate)
                };
                store.setKeyEntry(name, keys.getPrivate(), password.toCharArray(), chain);
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                store.store(bytes, password.toCharArray());
                writePrivately(name, bytes.toByteArray());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK writes PKCS#12", e);
            }
        }

        private void writePrivately(String name, byte[] content) throws IOException {
            Path file = in(name);
            Files.deleteIfExists(file);
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.write(file, content, StandardOpenOption.WRITE);
        }

        private static String pem(String type, byte[] der) throws IOException {
            StringWriter text = new StringWriter();
            try (PemWriter writer = new PemWriter(text)) {
                writer.writeObject(new PemObject(type, der));
            }
            return text.toString();
        }
    }
}
