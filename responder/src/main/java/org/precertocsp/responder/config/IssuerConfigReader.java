package org.precertocsp.responder.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.config.ConfigSection.LocatedValue;
import org.precertocsp.responder.config.FileParsers.CertificateWithPath;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.responder.ctlog.CtOnlySerialPolicy;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;
import org.precertocsp.signer.key.KeyConfig.RsaHash;
import org.precertocsp.signer.key.KeyConfig.RsaPadding;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.KeySource.KeyOnToken;
import org.precertocsp.signer.key.KeySource.Token;

/// The list `issuers`; each entry is checked against those before it.
final class IssuerConfigReader {
    private static final Duration NO_TIME = Duration.ZERO;
    private static final Duration FOR_EVER = Duration.ofDays(36_525);

    private static final Map<String, PresignMode> PRESIGN =
            Map.of("none", PresignMode.NONE, "asked", PresignMode.ASKED, "all", PresignMode.ALL);

    private static final Map<String, CtOnlySerialPolicy> CT =
            Map.of(
                    "answer",
                    CtOnlySerialPolicy.ANSWER,
                    "alert-only",
                    CtOnlySerialPolicy.ALERT_ONLY);

    private final FileParsers files;
    private final ProviderChoice provider;
    private final boolean keyless;
    private final Set<String> names = new HashSet<>();
    private final Map<IssuerKey, String> owners = new HashMap<>();

    /// @param keyless this node is an edge of a cluster
    IssuerConfigReader(FileParsers files, ProviderChoice provider, boolean keyless) {
        this.files = files;
        this.provider = provider;
        this.keyless = keyless;
    }

    Issuer read(ConfigSection issuer) {
        String name = name(issuer);
        List<LocatedValue<CertificateWithPath>> certificates =
                issuer.values("certificates", files.certificate());
        checkCertificates(issuer, name, certificates);
        Optional<IssuerProfile> profile =
                issuer.required("profile", ValueParsers.choice(ProfileConfigRules.PROFILES));
        Optional<Duration> validity = issuer.optional("validity", duration());
        Optional<Duration> retention = issuer.optional("retention", duration());
        PresignMode presign =
                issuer.value("presign", ValueParsers.choice(PRESIGN), PresignMode.ASKED);
        CtOnlySerialPolicy ct =
                issuer.value("ct", ValueParsers.choice(CT), CtOnlySerialPolicy.ANSWER);
        List<LocatedValue<String>> allow =
                issuer.section("reasons", reasons -> reasons.values("allow", ValueParsers.text()));
        Optional<Duration> maxAge =
                issuer.section("http", http -> http.optional("maxAge", duration()));
        CredentialConfigReader credentials = new CredentialConfigReader(files, provider);
        Optional<CredentialSource> credential =
                issuer.optionalSection("responder", credentials::read).flatMap(it -> it);

        if (keyless && issuer.has("responder")) {
            issuer.problem(
                    "responder",
                    "names a key, which an edge must not have: remove it here; the authorities sign");
        }

        ProfileConfigRules rules =
                new ProfileConfigRules(issuer, profile.orElse(IssuerProfile.PRIVATE));
        profile.ifPresent(known -> rules.check(validity, retention));
        return new Issuer(
                name,
                paths(certificates),
                paths(issuer.values("precertificateSigning", files.certificate())),
                rules.adjusted(retention, allow),
                validity.orElse(profile.orElse(IssuerProfile.PRIVATE).defaultValidity()),
                presign,
                ct,
                maxAge,
                credential);
    }

    private static ValueParser<Duration> duration() {
        return ValueParsers.seconds(NO_TIME, FOR_EVER);
    }

    private String name(ConfigSection issuer) {
        String name = issuer.required("name", ValueParsers.name(), "");
        if (!name.isEmpty() && !names.add(name)) {
            issuer.problem("name", "is the name of another issuer too: " + name);
        }
        return name;
    }

    /// Several certificates of one issuer share name and key (trap 16); two issuers never do, since
    /// a CertID would then match both.
    private void checkCertificates(
            ConfigSection issuer,
            String name,
            List<LocatedValue<CertificateWithPath>> certificates) {
        if (!issuer.has("certificates")) {
            issuer.problem("certificates", "is missing: name the file of the CA's certificate");
        }
        if (certificates.isEmpty()) {
            return;
        }
        CertificateWithPath first = certificates.getFirst().value();
        for (LocatedValue<CertificateWithPath> other : certificates) {
            if (!keyOf(other.value()).equals(keyOf(first))) {
                issuer.problem(
                        other,
                        "is not the same CA as %s: \"%s\" there, \"%s\" here, or another key; every"
                                        .formatted(
                                                first.path().getFileName(),
                                                first.certificate().subject(),
                                                other.value().certificate().subject())
                                + " name and key is an issuer of its own");
            }
        }
        String owner = owners.putIfAbsent(keyOf(first), name);
        if (owner != null) {
            issuer.problem(
                    certificates.getFirst(),
                    "has the name and key of issuer %s: list its certificates there"
                            .formatted(owner));
        }
    }

    private static IssuerKey keyOf(CertificateWithPath file) {
        return file.certificate().key();
    }

    private static List<Path> paths(List<LocatedValue<CertificateWithPath>> files) {
        return files.stream().map(file -> file.value().path()).toList();
    }

    /// The section `responder` of an issuer: the key that signs its answers, and the key's
    /// certificate.
    static final class CredentialConfigReader {
        private record Rsa(RsaPadding padding, RsaHash hash) {}

        private final FileParsers files;
        private final ProviderChoice provider;
        private final SecretReader secrets;

        CredentialConfigReader(FileParsers files, ProviderChoice provider) {
            this.files = files;
            this.provider = provider;
            this.secrets = new SecretReader(files);
        }

        /// Empty if no key is named, which is then reported.
        Optional<CredentialSource> read(ConfigSection responder) {
            Optional<Path> certificate =
                    responder
                            .optional("certificate", files.certificateChain())
                            .map(CertificateWithPath::path);
            Duration warnBefore =
                    responder.value(
                            "warnBefore",
                            ValueParsers.duration(Duration.ZERO, Duration.ofDays(3653)),
                            Duration.ofDays(14));
            Rsa rsa = responder.section("rsa", CredentialConfigReader::rsa);
            if (!responder.has("key")) {
                responder.problem(
                        "key", "is missing: name the key that signs (pem, pkcs12 or pkcs11)");
            }
            return responder
                    .optionalSection("key", this::source)
                    .flatMap(source -> source)
                    .map(source -> new KeyConfig(source, rsa.padding(), rsa.hash(), provider))
                    .map(key -> new CredentialSource(key, certificate, warnBefore));
        }

        private static Rsa rsa(ConfigSection rsa) {
            return new Rsa(
                    rsa.value(
                            "padding",
                            ValueParsers.choice(
                                    Map.of("pkcs1", RsaPadding.PKCS1, "pss", RsaPadding.PSS)),
                            RsaPadding.PKCS1),
                    rsa.value(
                            "hash",
                            ValueParsers.choice(
                                    Map.of(
                                            "sha256", RsaHash.SHA256,
                                            "sha384", RsaHash.SHA384,
                                            "sha512", RsaHash.SHA512)),
                            RsaHash.SHA256));
        }

        private Optional<KeySource> source(ConfigSection key) {
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

        private KeySource pem(ConfigSection pem) {
            return new KeySource.Pem(
                    pem.required("file", files.file(), Path.of("/")),
                    secrets.optional(pem, "passphrase"));
        }

        private KeySource pkcs12(ConfigSection pkcs12) {
            return new KeySource.Pkcs12(
                    pkcs12.required("file", files.file(), Path.of("/")),
                    secrets.required(pkcs12, "password"),
                    pkcs12.optional("alias", ValueParsers.text()));
        }

        private KeySource pkcs11(ConfigSection pkcs11) {
            Path library = pkcs11.required("library", files.file(), Path.of("/"));
            Optional<Token> label =
                    pkcs11.optional("token", ValueParsers.text()).map(Token.Label::new);
            Optional<Token> slot =
                    pkcs11.optional("slot", ValueParsers.slot()).map(Token.Slot::new);
            SecretReader.exactlyOne(pkcs11, "token", "slot");
            Optional<KeyOnToken> name =
                    pkcs11.optional("label", ValueParsers.text()).map(KeyOnToken.Label::new);
            Optional<KeyOnToken> id =
                    pkcs11.optional("id", ValueParsers.hex()).map(KeyOnToken.Id::new);
            SecretReader.exactlyOne(pkcs11, "label", "id");
            return new KeySource.Pkcs11(
                    library,
                    label.or(() -> slot).orElse(new Token.Slot(0)),
                    name.or(() -> id).orElse(new KeyOnToken.Label("")),
                    secrets.required(pkcs11, "pin"));
        }
    }

    /// Checks an issuer's configuration against its profile.
    static final class ProfileConfigRules {
        static final Map<String, IssuerProfile> PROFILES =
                Map.of(
                        IssuerProfile.TLS.name(), IssuerProfile.TLS,
                        IssuerProfile.CODE_SIGNING.name(), IssuerProfile.CODE_SIGNING,
                        IssuerProfile.SMIME.name(), IssuerProfile.SMIME,
                        IssuerProfile.PRIVATE.name(), IssuerProfile.PRIVATE);

        private final ConfigSection issuer;
        private final IssuerProfile profile;

        ProfileConfigRules(ConfigSection issuer, IssuerProfile profile) {
            this.issuer = issuer;
            this.profile = profile;
        }

        void check(Optional<Duration> validity, Optional<Duration> retention) {
            validity.ifPresent(this::checkValidity);
            retention.ifPresent(this::checkRetention);
        }

        private void checkValidity(Duration validity) {
            if (validity.compareTo(profile.minValidity()) < 0) {
                refuseValidity(validity, "shorter", profile.minValidity(), least());
            } else if (validity.compareTo(profile.maxValidity()) > 0) {
                refuseValidity(validity, "longer", profile.maxValidity(), most());
            }
        }

        private void refuseValidity(Duration validity, String how, Duration bound, String rule) {
            issuer.problem(
                    "validity",
                    "%s is %s than the %s that profile %s allows%s"
                            .formatted(
                                    UnitParser.text(validity),
                                    how,
                                    UnitParser.text(bound),
                                    profile.name(),
                                    rule));
        }

        private String least() {
            return profile.strict()
                    ? " (TF-02, TF-03: Baseline Requirements §4.9.9, Microsoft §3.2.2.a)"
                    : "";
        }

        private String most() {
            return profile.strict()
                    ? " (TF-03: Microsoft §3.2.2.a, seven days with both ends counted)"
                    : "";
        }

        private void checkRetention(Duration retention) {
            profile.retentionPastExpiry()
                    .filter(least -> retention.compareTo(least) < 0)
                    .ifPresent(
                            least ->
                                    issuer.problem(
                                            "retention",
                                            "%s is shorter than the %s that profile %s demands"
                                                            .formatted(
                                                                    UnitParser.text(retention),
                                                                    UnitParser.text(least),
                                                                    profile.name())
                                                    + " (SA-12, RT-05: ten years past expiry)"));
        }

        /// The profile with the retention and the reasons that the configuration adds.
        IssuerProfile adjusted(Optional<Duration> retention, List<LocatedValue<String>> allow) {
            Set<RevocationReason> reasons = EnumSet.copyOf(profile.allowedReasons());
            for (LocatedValue<String> text : allow) {
                RevocationReason.ofText(text.value())
                        .ifPresentOrElse(
                                reason -> allow(reasons, reason, text),
                                () -> issuer.problem(text, noReason(text.value())));
            }
            return new IssuerProfile(
                    profile.name(),
                    profile.minValidity(),
                    profile.maxValidity(),
                    profile.defaultValidity(),
                    retention.or(profile::retentionPastExpiry),
                    reasons,
                    profile.openKeySet(),
                    profile.strict(),
                    profile.locallyTrustedSigner(),
                    profile.datesFollowCompromise());
        }

        private void allow(
                Set<RevocationReason> reasons, RevocationReason reason, LocatedValue<String> text) {
            if (reason == RevocationReason.REMOVE_FROM_CRL) {
                issuer.problem(
                        text, "removeFromCRL is for delta CRLs alone (CR-09), never allowed");
            } else if (reason == RevocationReason.CERTIFICATE_HOLD && neverSuspends()) {
                issuer.problem(
                        text,
                        "certificateHold is forbidden to profile " + profile.name() + " (CR-08)");
            } else {
                reasons.add(reason);
            }
        }

        /// S/MIME suspends in its Legacy and Multipurpose generations only; the issuer knows its
        /// generation.
        private boolean neverSuspends() {
            return profile.strict() && !profile.name().equals(IssuerProfile.SMIME.name());
        }

        private static String noReason(String text) {
            List<String> names =
                    EnumSet.allOf(RevocationReason.class).stream()
                            .map(RevocationReason::toString)
                            .toList();
            return "\"%s\" is not a revocation reason; %s"
                    .formatted(text, SpellingSuggestion.sentence(text, names));
        }
    }
}
