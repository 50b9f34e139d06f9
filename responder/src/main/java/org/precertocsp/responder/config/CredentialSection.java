package org.precertocsp.responder.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;
import org.precertocsp.signer.key.KeyConfig.RsaHash;
import org.precertocsp.signer.key.KeyConfig.RsaPadding;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.KeySource.KeyOnToken;
import org.precertocsp.signer.key.KeySource.Token;

/// The section `responder` of an issuer: the key that signs its answers, and the certificate of it.
final class CredentialSection {
    private record Rsa(RsaPadding padding, RsaHash hash) {}

    private final FileFormats files;
    private final ProviderChoice provider;
    private final Secrets secrets;

    CredentialSection(FileFormats files, ProviderChoice provider) {
        this.files = files;
        this.provider = provider;
        this.secrets = new Secrets(files);
    }

    /// Empty where no key is named, which is then reported.
    Optional<CredentialSource> read(Section responder) {
        Optional<Path> certificate =
                responder
                        .optional("certificate", files.certificateChain())
                        .map(NamedCertificate::path);
        Duration warnBefore =
                responder.value(
                        "warnBefore",
                        Formats.duration(Duration.ZERO, Duration.ofDays(3653)),
                        Duration.ofDays(14));
        Rsa rsa = responder.section("rsa", CredentialSection::rsa);
        if (!responder.has("key")) {
            responder.problem("key", "is missing: name the key that signs (pem, pkcs12 or pkcs11)");
        }
        return responder
                .optionalSection("key", this::source)
                .flatMap(source -> source)
                .map(source -> new KeyConfig(source, rsa.padding(), rsa.hash(), provider))
                .map(key -> new CredentialSource(key, certificate, warnBefore));
    }

    private static Rsa rsa(Section rsa) {
        return new Rsa(
                rsa.value(
                        "padding",
                        Formats.choice(Map.of("pkcs1", RsaPadding.PKCS1, "pss", RsaPadding.PSS)),
                        RsaPadding.PKCS1),
                rsa.value(
                        "hash",
                        Formats.choice(
                                Map.of(
                                        "sha256", RsaHash.SHA256,
                                        "sha384", RsaHash.SHA384,
                                        "sha512", RsaHash.SHA512)),
                        RsaHash.SHA256));
    }

    private Optional<KeySource> source(Section key) {
        List<KeySource> sources = new ArrayList<>();
        sources.addAll(key.optionalSection("pem", this::pem).stream().toList());
        sources.addAll(key.optionalSection("pkcs12", this::pkcs12).stream().toList());
        sources.addAll(key.optionalSection("pkcs11", this::pkcs11).stream().toList());
        if (sources.size() != 1) {
            key.problem(
                    "names %d keys: exactly one of pem, pkcs12 or pkcs11"
                            .formatted(sources.size()));
        }
        return sources.stream().findFirst();
    }

    private KeySource pem(Section pem) {
        return new KeySource.Pem(
                pem.required("file", files.file(), Path.of("/")),
                secrets.optional(pem, "passphrase"));
    }

    private KeySource pkcs12(Section pkcs12) {
        return new KeySource.Pkcs12(
                pkcs12.required("file", files.file(), Path.of("/")),
                secrets.required(pkcs12, "password"),
                pkcs12.optional("alias", Formats.text()));
    }

    private KeySource pkcs11(Section pkcs11) {
        Path library = pkcs11.required("library", files.file(), Path.of("/"));
        Optional<Token> label = pkcs11.optional("token", Formats.text()).map(Token.Label::new);
        Optional<Token> slot = pkcs11.optional("slot", Formats.slot()).map(Token.Slot::new);
        Secrets.exactlyOne(pkcs11, "token", "slot");
        Optional<KeyOnToken> name =
                pkcs11.optional("label", Formats.text()).map(KeyOnToken.Label::new);
        Optional<KeyOnToken> id = pkcs11.optional("id", Formats.hex()).map(KeyOnToken.Id::new);
        Secrets.exactlyOne(pkcs11, "label", "id");
        return new KeySource.Pkcs11(
                library,
                label.or(() -> slot).orElse(new Token.Slot(0)),
                name.or(() -> id).orElse(new KeyOnToken.Label("")),
                secrets.required(pkcs11, "pin"));
    }
}
