package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.PublicKey;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.responder.io.Json;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateSigningRequest;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyPairType;
import org.precertocsp.signer.key.KeyReport;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `key`: inspects signing keys and requests certificates for them.
@Command(
        name = "key",
        description = "Inspect the signing keys, and request certificates for them.",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true)
public final class KeyCommand implements Runnable {
    /// Opens a key, reads its properties, and closes it again.
    @FunctionalInterface
    public interface KeyInspector {
        /// @param expected the public key of the certificate that belongs to it
        /// @throws SigningKeyException it cannot be opened, or is a different key
        KeyReport inspect(KeyConfig config, Optional<PublicKey> expected)
                throws SigningKeyException;
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    private KeyCommand() {}

    public static CommandLine of(KeyInspector keys) {
        return new CommandLine(new KeyCommand())
                .addSubcommand(new InspectCommand(keys))
                .addSubcommand(new CsrCommand());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: inspect or csr");
    }

    /// `key inspect`: opens the signing keys and prints their properties.
    @Command(
            name = "inspect",
            description =
                    "Open each issuer's signing key and print what it is: kind, size, signature, the"
                            + " provider that computes, hashes of the public key, and when its"
                            + " certificate ends. The key signs a short text once, to prove that it works; nothing "
                            + "secret is printed.",
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:every key opens and matches its certificate",
                "1:a key does not open, or does not match",
                ExitCodes.USAGE_HELP,
                "3:the configuration cannot be read"
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  precert-ocsp key inspect -c precert-ocsp.yaml",
                "  precert-ocsp key inspect -c precert-ocsp.yaml --issuer example-tls --json"
            })
    static final class InspectCommand implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();

        @Option(
                names = "--issuer",
                paramLabel = "NAME",
                description = "Only the key of this issuer.")
        private @Nullable String issuer;

        @Option(names = "--json", description = "Print a JSON array.")
        private boolean json;

        private final KeyInspector keys;

        InspectCommand(KeyInspector keys) {
            this.keys = keys;
        }

        @Override
        public Integer call() throws IOException, ConfigException {
            List<KeyInfo> reports =
                    wanted(config.read().issuers()).stream()
                            .map(it -> KeyInfo.of(it, keys))
                            .toList();
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(Json.indented(reports.stream().map(KeyInfo::facts).toList()));
            } else {
                reports.forEach(report -> out.print(report.text()));
            }
            out.flush();
            return reports.stream().anyMatch(KeyInfo::failed) ? ExitCodes.REFUSED : ExitCodes.OK;
        }

        private List<Issuer> wanted(List<Issuer> issuers) {
            List<Issuer> wanted =
                    issuers.stream()
                            .filter(
                                    it ->
                                            Optional.ofNullable(issuer)
                                                    .orElse(it.name())
                                                    .equals(it.name()))
                            .toList();
            if (wanted.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "no issuer is named %s; there are: %s"
                                .formatted(
                                        issuer,
                                        issuers.stream()
                                                .map(Issuer::name)
                                                .collect(Collectors.joining(", "))));
            }
            return wanted;
        }
    }

    /// The output of `key inspect` for one issuer's key.
    ///
    /// @param facts by their names in JSON, in the order they are printed; the first is the issuer
    /// @param failed true if this key cannot sign as configured
    record KeyInfo(Map<String, Object> facts, boolean failed) {
        static KeyInfo of(Issuer issuer, KeyInspector keys) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("issuer", issuer.name());
            facts.put("profile", issuer.profile().name());
            if (issuer.credential().isEmpty()) {
                facts.put("key", "none: loaded but not answered for");
                return new KeyInfo(facts, false);
            }
            CredentialSource credential = issuer.credential().get();
            boolean failed = false;
            try {
                IssuerCertificate certificate = certificate(issuer, credential);
                addCertificate(facts, certificate);
                addKey(facts, keys.inspect(credential.key(), expected(certificate)));
            } catch (SigningKeyException | InvalidCertificateException e) {
                failed = true;
                facts.put("error", String.valueOf(e.getMessage()));
                facts.put("warnings", PrivateKeys.warnings(credential.key().source()));
            }
            return new KeyInfo(facts, failed);
        }

        /// A paragraph for people.
        String text() {
            List<String> lines = new ArrayList<>();
            facts.forEach(
                    (name, value) -> {
                        if (value instanceof List<?> several) {
                            several.forEach(it -> lines.add(line("warning", it)));
                        } else if (name.equals("issuer")) {
                            lines.add(String.valueOf(value));
                        } else {
                            lines.add(line(words(name), value));
                        }
                    });
            return String.join(System.lineSeparator(), lines) + System.lineSeparator();
        }

        private static Optional<PublicKey> expected(IssuerCertificate certificate) {
            return Optional.of(certificate.publicKey());
        }

        private static void addKey(Map<String, Object> facts, KeyReport key) {
            facts.put("source", key.source());
            facts.put("kind", key.kind());
            facts.put("signature", key.scheme().name());
            facts.put("computedBy", key.computedBy());
            facts.put("spkiSha256", key.spkiSha256().toHex());
            facts.put("responderId", key.keyHash().toHex());
            facts.put("warnings", key.warnings());
        }

        private static void addCertificate(
                Map<String, Object> facts, IssuerCertificate certificate) {
            facts.put("certificate", certificate.subject());
            facts.put(
                    "certificateEnd",
                    certificate.notAfter().truncatedTo(ChronoUnit.SECONDS).toString());
        }

        private static IssuerCertificate certificate(Issuer issuer, CredentialSource credential)
                throws InvalidCertificateException {
            Path file = credential.certificate().orElseGet(issuer.certificates()::getFirst);
            return CertificateFile.readFirst(file);
        }

        private static String words(String name) {
            return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
        }

        private static String line(String name, Object value) {
            return "  %-16s %s".formatted(name, value);
        }
    }

    /// Writes a certificate request for a responder's key, which can be generated on the token
    /// before.
    @Command(
            name = "csr",
            description =
                    "Write a PKCS#10 request for the responder certificate of an issuer, signed with"
                            + " the key that the configuration names for it, and asking for the extensions"
                            + " such a certificate has: keyUsage digitalSignature, extendedKeyUsage"
                            + " OCSPSigning, id-pkix-ocsp-nocheck. As long as there is no certificate yet,"
                            + " leave certificate out of the configuration.",
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:the request was written",
                "1:the key does not open, or was not made",
                ExitCodes.USAGE_HELP,
                "3:the configuration cannot be read, or the request cannot be written"
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  precert-ocsp key csr -c precert-ocsp.yaml --issuer example-tls",
                "  precert-ocsp key csr -c precert-ocsp.yaml --issuer example-tls \\",
                "    --generate ec-p256 --label ocsp-2027 --subject 'C=AT,O=Example,CN=OCSP 2027'",
                "  # then name label ocsp-2027 and the new certificate in the configuration: SIGHUP"
            })
    static final class CsrCommand implements Callable<Integer> {
        private static final int LINE = 64;

        @Spec private CommandSpec spec = CommandSpec.create();
        @Mixin private ConfigOption config = new ConfigOption();

        @Option(
                names = "--issuer",
                paramLabel = "NAME",
                description = "The issuer whose key it is; may be left out if there is one.")
        private @Nullable String issuer;

        @Option(
                names = "--label",
                paramLabel = "LABEL",
                description =
                        "The key with this CKA_LABEL on the token, in place of the configured one.")
        private @Nullable String label;

        @Option(
                names = "--generate",
                paramLabel = "KIND",
                description =
                        "First make a key pair on the token: ec-p256, ec-p384, ec-p521, rsa-2048,"
                                + " rsa-3072, rsa-4096 or ed25519. Its private half never leaves the"
                                + " token.")
        private @Nullable String generate;

        @Option(
                names = "--subject",
                paramLabel = "NAME",
                description =
                        "The distinguished name, in the order it is encoded. Default: the one of the"
                                + " configured responder certificate.")
        private @Nullable String subject;

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "Write the request there, not to standard output. Must not exist.")
        private @Nullable Path out;

        @Override
        public Integer call() throws IOException, ConfigException {
            Optional<KeyPairType> kind = Optional.ofNullable(generate).map(this::kind);
            Issuer wanted = wanted(config.read().issuers());
            CredentialSource credential = wanted.credential().orElseThrow();
            KeyConfig key = named(credential.key(), kind.isPresent());
            String name = Optional.ofNullable(subject).orElseGet(() -> subjectOf(credential));
            try {
                if (kind.isPresent() && key.source() instanceof KeySource.Pkcs11 token) {
                    PrivateKeys.make(token, kind.get());
                }
                write(request(key, name));
                return ExitCodes.OK;
            } catch (SigningKeyException e) {
                return failed(e.getMessage(), ExitCodes.REFUSED);
            } catch (FileAlreadyExistsException e) {
                return failed(out + " exists already: name another file", ExitCodes.CANNOT);
            }
        }

        private ByteString request(KeyConfig config, String name) throws SigningKeyException {
            try (SigningKey key = PrivateKeys.open(config, Optional.empty())) {
                PrintWriter err = spec.commandLine().getErr();
                err.println("request for " + name + ", key: " + key.description());
                err.flush();
                return CertificateSigningRequest.of(key, name);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--subject %s is not a distinguished name, such as C=AT,O=Example,CN=OCSP: %s"
                                .formatted(name, e.getMessage()),
                        e);
            }
        }

        private void write(ByteString der) throws IOException {
            String base64 =
                    Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der.toArray());
            String pem =
                    "-----BEGIN CERTIFICATE REQUEST-----\n"
                            + base64
                            + "\n-----END CERTIFICATE REQUEST-----\n";
            if (out == null) {
                PrintWriter writer = spec.commandLine().getOut();
                writer.print(pem);
                writer.flush();
            } else {
                Files.writeString(
                        out,
                        pem,
                        StandardCharsets.US_ASCII,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
            }
        }

        private int failed(@Nullable String why, int exitCode) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(why);
            err.flush();
            return exitCode;
        }

        private KeyPairType kind(String word) {
            return KeyPairType.of(word)
                    .orElseThrow(
                            () ->
                                    new ParameterException(
                                            spec.commandLine(),
                                            "--generate %s is not a kind of key; there are: %s"
                                                    .formatted(
                                                            word,
                                                            Arrays.stream(KeyPairType.values())
                                                                    .map(KeyPairType::word)
                                                                    .collect(
                                                                            Collectors.joining(
                                                                                    ", ")))));
        }

        private Issuer wanted(List<Issuer> issuers) {
            List<Issuer> signing =
                    issuers.stream().filter(it -> it.credential().isPresent()).toList();
            List<Issuer> wanted =
                    signing.stream()
                            .filter(it -> issuer == null || issuer.equals(it.name()))
                            .toList();
            if (wanted.size() == 1) {
                return wanted.getFirst();
            }
            throw new ParameterException(
                    spec.commandLine(),
                    (issuer == null
                                    ? "name one issuer with --issuer; those with a key are: "
                                    : "no issuer with a key is named " + issuer + "; there are: ")
                            + signing.stream().map(Issuer::name).collect(Collectors.joining(", ")));
        }

        private KeyConfig named(KeyConfig key, boolean generates) {
            if (label == null && !generates) {
                return key;
            }
            if (!(key.source() instanceof KeySource.Pkcs11 token)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--generate and --label are for keys on tokens (pkcs11); make one in a file"
                                + " with: openssl genpkey");
            }
            KeySource.Pkcs11 named =
                    new KeySource.Pkcs11(
                            token.library(),
                            token.token(),
                            label == null ? token.key() : new KeySource.KeyOnToken.Label(label),
                            token.pin());
            return new KeyConfig(named, key.rsaPadding(), key.rsaHash(), key.provider());
        }

        private String subjectOf(CredentialSource credential) {
            try {
                if (credential.certificate().isPresent()) {
                    return CertificateFile.readFirst(credential.certificate().get()).subject();
                }
            } catch (InvalidCertificateException e) {
                throw new ParameterException(
                        spec.commandLine(), "name the --subject: " + e.getMessage(), e);
            }
            throw new ParameterException(
                    spec.commandLine(),
                    "name the --subject, such as 'C=AT,O=Example,CN=OCSP 2027': the configuration"
                            + " names no responder certificate to take it from");
        }
    }
}
