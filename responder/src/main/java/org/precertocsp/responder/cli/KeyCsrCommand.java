package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.config.ConfigRefused;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.CertificateRequest;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyFailure;
import org.precertocsp.signer.key.KeyPairKind;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.Keys;
import org.precertocsp.signer.key.SigningKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Writes a certificate request for a responder's key, which a token may be asked to make first.
@Command(
        name = "csr",
        description =
                "Write a PKCS#10 request for the responder certificate of an issuer, signed with"
                        + " the key that the configuration names for it, and asking for the extensions"
                        + " such a certificate has: keyUsage digitalSignature, extendedKeyUsage"
                        + " OCSPSigning, id-pkix-ocsp-nocheck. As long as there is no certificate yet,"
                        + " leave certificate out of the configuration.",
        versionProvider = Version.class,
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
final class KeyCsrCommand implements Callable<Integer> {
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
    public Integer call() throws IOException, ConfigRefused {
        Optional<KeyPairKind> kind = Optional.ofNullable(generate).map(this::kind);
        Issuer wanted = wanted(config.read().issuers());
        CredentialSource credential = wanted.credential().orElseThrow();
        KeyConfig key = named(credential.key(), kind.isPresent());
        String name = Optional.ofNullable(subject).orElseGet(() -> subjectOf(credential));
        try {
            if (kind.isPresent() && key.source() instanceof KeySource.Pkcs11 token) {
                Keys.make(token, kind.get());
            }
            write(request(key, name));
            return ExitCodes.OK;
        } catch (KeyFailure e) {
            return failed(e.getMessage(), ExitCodes.REFUSED);
        } catch (FileAlreadyExistsException e) {
            return failed(out + " exists already: name another file", ExitCodes.CANNOT);
        }
    }

    private Octets request(KeyConfig config, String name) throws KeyFailure {
        try (SigningKey key = Keys.open(config, Optional.empty())) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("request for " + name + ", key: " + key.description());
            err.flush();
            return CertificateRequest.of(key, name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--subject %s is no distinguished name, such as C=AT,O=Example,CN=OCSP: %s"
                            .formatted(name, e.getMessage()),
                    e);
        }
    }

    private void write(Octets der) throws IOException {
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

    private KeyPairKind kind(String word) {
        return KeyPairKind.of(word)
                .orElseThrow(
                        () ->
                                new ParameterException(
                                        spec.commandLine(),
                                        "--generate %s is no kind of key; there are: %s"
                                                .formatted(
                                                        word,
                                                        Arrays.stream(KeyPairKind.values())
                                                                .map(KeyPairKind::word)
                                                                .collect(
                                                                        Collectors.joining(
                                                                                ", ")))));
    }

    private Issuer wanted(List<Issuer> issuers) {
        List<Issuer> signing = issuers.stream().filter(it -> it.credential().isPresent()).toList();
        List<Issuer> wanted =
                signing.stream().filter(it -> issuer == null || issuer.equals(it.name())).toList();
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
        } catch (CertificateProblem e) {
            throw new ParameterException(
                    spec.commandLine(), "name the --subject: " + e.getMessage(), e);
        }
        throw new ParameterException(
                spec.commandLine(),
                "name the --subject, such as 'C=AT,O=Example,CN=OCSP 2027': the configuration"
                        + " names no responder certificate to take it from");
    }
}
