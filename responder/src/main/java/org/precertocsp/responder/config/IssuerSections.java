package org.precertocsp.responder.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.answer.Presign;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.responder.intake.ctlog.CtPolicy;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.key.KeyConfig.ProviderChoice;

/// The list `issuers`, each entry checked against those before it.
final class IssuerSections {
    private static final Duration NO_TIME = Duration.ZERO;
    private static final Duration FOR_EVER = Duration.ofDays(36_525);

    private static final Map<String, Presign> PRESIGN =
            Map.of("none", Presign.NONE, "asked", Presign.ASKED, "all", Presign.ALL);

    private static final Map<String, CtPolicy> CT =
            Map.of("answer", CtPolicy.ANSWER, "alert-only", CtPolicy.ALERT_ONLY);

    private final FileFormats files;
    private final ProviderChoice provider;
    private final Set<String> names = new HashSet<>();
    private final Map<IssuerKey, String> owners = new HashMap<>();

    IssuerSections(FileFormats files, ProviderChoice provider) {
        this.files = files;
        this.provider = provider;
    }

    Issuer read(Section issuer) {
        String name = name(issuer);
        List<Located<NamedCertificate>> certificates =
                issuer.values("certificates", files.certificate());
        checkCertificates(issuer, name, certificates);
        Optional<IssuerProfile> profile =
                issuer.required("profile", Formats.choice(ProfileRules.PROFILES));
        Optional<Duration> validity = issuer.optional("validity", duration());
        Optional<Duration> retention = issuer.optional("retention", duration());
        Presign presign = issuer.value("presign", Formats.choice(PRESIGN), Presign.ASKED);
        CtPolicy ct = issuer.value("ct", Formats.choice(CT), CtPolicy.ANSWER);
        List<Located<String>> allow =
                issuer.section("reasons", reasons -> reasons.values("allow", Formats.text()));
        Optional<Duration> maxAge =
                issuer.section("http", http -> http.optional("maxAge", duration()));
        CredentialSection credentials = new CredentialSection(files, provider);
        Optional<CredentialSource> credential =
                issuer.optionalSection("responder", credentials::read).flatMap(it -> it);

        ProfileRules rules = new ProfileRules(issuer, profile.orElse(IssuerProfile.PRIVATE));
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

    private static Format<Duration> duration() {
        return Formats.seconds(NO_TIME, FOR_EVER);
    }

    private String name(Section issuer) {
        String name = issuer.required("name", Formats.name(), "");
        if (!name.isEmpty() && !names.add(name)) {
            issuer.problem("name", "is the name of another issuer too: " + name);
        }
        return name;
    }

    /// Several certificates of one issuer share name and key (trap 16); two issuers never do, else
    /// nobody could say which of them a CertID means.
    private void checkCertificates(
            Section issuer, String name, List<Located<NamedCertificate>> certificates) {
        if (!issuer.has("certificates")) {
            issuer.problem("certificates", "is missing: name the file of the CA's certificate");
        }
        if (certificates.isEmpty()) {
            return;
        }
        NamedCertificate first = certificates.getFirst().value();
        for (Located<NamedCertificate> other : certificates) {
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

    private static IssuerKey keyOf(NamedCertificate file) {
        return file.certificate().key();
    }

    private static List<Path> paths(List<Located<NamedCertificate>> files) {
        return files.stream().map(file -> file.value().path()).toList();
    }
}
