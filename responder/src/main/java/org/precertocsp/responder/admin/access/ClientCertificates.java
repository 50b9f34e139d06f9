package org.precertocsp.responder.admin.access;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;

/// Identifies callers by their client certificates.
///
/// The chain is verified for each request, although the handshake verified it too: connections live
/// long and sessions are resumed, and meanwhile a certificate may have expired or its CA been
/// removed.
public final class ClientCertificates implements Callers {
    private static final int MAX_NAME = 64;

    private final List<ClientRule> rules;
    private final Supplier<Authorities> authorities;
    private final InstantSource clock;

    /// @param authorities called for each request
    public ClientCertificates(
            List<ClientRule> rules, Supplier<Authorities> authorities, InstantSource clock) {
        this.rules = List.copyOf(rules);
        this.authorities = authorities;
        this.clock = clock;
    }

    @Override
    public Caller of(List<X509Certificate> presented) {
        if (presented.isEmpty()) {
            return new Caller("unknown", Set.of());
        }
        X509Certificate certificate = presented.getFirst();
        Authorities trusted = authorities.get();
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (ClientRule rule : rules) {
            if (matches(rule, certificate) && isTrusted(trusted.of(rule.authority()), presented)) {
                roles.addAll(rule.roles());
            }
        }
        return new Caller(name(certificate), roles);
    }

    private static boolean matches(ClientRule rule, X509Certificate certificate) {
        return rule.subject().filter(s -> !s.equals(subject(certificate))).isEmpty()
                && rule.spkiSha256().filter(key -> !key.equals(keyOf(certificate))).isEmpty()
                && rule.alternativeName()
                        .filter(name -> !hasAlternativeName(certificate, name))
                        .isEmpty();
    }

    private static X500Principal subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal();
    }

    private static Octets keyOf(X509Certificate certificate) {
        return HashAlgorithm.SHA256.hash(Octets.of(certificate.getPublicKey().getEncoded()));
    }

    private static boolean hasAlternativeName(X509Certificate certificate, String name) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null
                    && names.stream().anyMatch(entry -> name.equals(String.valueOf(entry.get(1))));
        } catch (CertificateParsingException _) {
            return false;
        }
    }

    private boolean isTrusted(List<X509Certificate> anchors, List<X509Certificate> presented) {
        if (anchors.isEmpty()) {
            return false;
        }
        try {
            X509CertSelector leaf = new X509CertSelector();
            leaf.setCertificate(presented.getFirst());
            PKIXBuilderParameters parameters =
                    new PKIXBuilderParameters(
                            anchors.stream()
                                    .map(anchor -> new TrustAnchor(anchor, null))
                                    .collect(Collectors.toSet()),
                            leaf);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(clock.instant()));
            parameters.addCertStore(
                    CertStore.getInstance(
                            "Collection", new CollectionCertStoreParameters(presented)));
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /// The common name without control characters and slashes; the whole subject if there is none.
    static String name(X509Certificate certificate) {
        String subject = subject(certificate).getName();
        String name = commonName(subject).orElse(subject).replaceAll("[\\p{Cntrl}/]", "?");
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
    }

    private static Optional<String> commonName(String subject) {
        try {
            return new LdapName(subject)
                    .getRdns().reversed().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .map(String::valueOf)
                            .findFirst();
        } catch (InvalidNameException _) {
            return Optional.empty();
        }
    }
}
