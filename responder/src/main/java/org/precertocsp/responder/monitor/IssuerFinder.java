package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerTag;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Finds the issuer of a certificate: among the given ones, then at the addresses in the
/// certificate. Names prove nothing; the signature must verify. Not thread-safe.
final class IssuerFinder {
    /// Addresses used per certificate, which may contain any number.
    private static final int MAX_URLS = 3;

    /// For all of them together, redirects included.
    private static final Duration FETCHING = Duration.ofSeconds(20);

    private final IssuerDownloader fetch;
    private final Set<IssuerCertificate> known = new LinkedHashSet<>();
    private final Map<String, IssuerDownloader.Fetched> fetched = new HashMap<>();

    IssuerFinder(RawHttpClient wire) {
        this.fetch = new IssuerDownloader(wire);
    }

    void add(Collection<ByteString> certificates) {
        for (ByteString der : certificates) {
            try {
                known.add(IssuerCertificate.parse(der));
            } catch (InvalidCertificateException _) {
                // Unsupported: nothing could be verified with it.
            }
        }
    }

    /// @param signedBySigner whether a Precertificate Signing Certificate signed it
    record Found(IssuerCertificate issuer, boolean signedBySigner) {}

    /// @throws CheckSubjectException no issuer was found; the message says where it was searched
    Found issuerOf(SubjectCertificate certificate) throws CheckSubjectException {
        IssuerCertificate issuer = signerOf(certificate);
        SubjectCertificate seen = SubjectCertificate.parse(certificate.name(), issuer.der());
        if (!certificate.isPrecertificate() || !seen.isPrecertificateSigner()) {
            return new Found(issuer, false);
        }
        return new Found(signerOf(seen), true);
    }

    private IssuerCertificate signerOf(SubjectCertificate certificate)
            throws CheckSubjectException {
        Optional<IssuerCertificate> found = amongKnown(certificate);
        List<String> looked = new ArrayList<>();
        TimeLimit left = TimeLimit.start(FETCHING);
        for (String url : certificate.issuerUrls().stream().limit(MAX_URLS).toList()) {
            if (found.isPresent()) {
                break;
            }
            IssuerDownloader.Fetched there = fetched.get(url);
            if (there == null) {
                there = fetch.from(url, left);
                fetched.put(url, there);
                known.addAll(there.certificates());
                found = amongKnown(certificate);
            }
            looked.add(there.problem().isEmpty() ? url : url + " (" + there.problem() + ")");
        }
        return found.orElseThrow(() -> new CheckSubjectException(notFound(certificate, looked)));
    }

    private Optional<IssuerCertificate> amongKnown(SubjectCertificate certificate) {
        return known.stream().filter(certificate::isIssuedBy).findFirst();
    }

    private String notFound(SubjectCertificate certificate, List<String> places) {
        List<IssuerCertificate> named = known.stream().filter(certificate::namesAsIssuer).toList();
        String signer =
                certificate.isPrecertificate()
                        ? "; if a Precertificate Signing Certificate signed it, give that with"
                                + " --issuer too"
                        : "";
        if (!named.isEmpty()) {
            return "%s: its signature does not verify with the key of %s%s"
                    .formatted(certificate.name(), named.getFirst(), signer);
        }
        String looked =
                places.isEmpty()
                        ? "it names no address to get it from"
                        : "%s did not give it%s"
                                .formatted(
                                        String.join(", ", places),
                                        certificate.issuerUrls().size() > places.size()
                                                ? " (%d more addresses are not followed)"
                                                        .formatted(
                                                                certificate.issuerUrls().size()
                                                                        - places.size())
                                                : "");
        return "%s: the certificate of its issuer %s is needed, and %s; give it with --issuer%s"
                .formatted(certificate.name(), certificate.issuerText(), looked, signer);
    }

    /// Downloads CA certificates from the caIssuers addresses of certificates (RFC 5280 §4.2.2.1).
    static final class IssuerDownloader {
        private static final int MAX_REDIRECTS = 3;

        private final RawHttpClient wire;

        IssuerDownloader(RawHttpClient wire) {
            this.wire = wire;
        }

        /// The content of one address.
        ///
        /// @param problem why nothing is usable; empty otherwise
        record Fetched(List<IssuerCertificate> certificates, String problem) {
            static Fetched nothing(String problem) {
                return new Fetched(List.of(), problem);
            }
        }

        /// Follows few redirects; all exchanges share the remaining time.
        Fetched from(String url, TimeLimit left) {
            try {
                ResponderUrl at = ResponderUrl.parse(url);
                for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
                    HttpOutcome outcome = wire.send(at, RawHttpRequest.get(at.target()), left);
                    if (outcome instanceof HttpOutcome.Failed failed) {
                        return Fetched.nothing(failed.why());
                    }
                    RawHttpResponse reply = ((HttpOutcome.Replied) outcome).reply();
                    Optional<String> location = reply.field("location");
                    if (reply.status() / 100 != 3 || location.isEmpty()) {
                        return reply.status() == 200
                                ? fetched(reply.body())
                                : Fetched.nothing("HTTP " + reply.status());
                    }
                    at = ResponderUrl.parse(location.get());
                }
                return Fetched.nothing("more than %d redirects".formatted(MAX_REDIRECTS));
            } catch (InvalidUrlException e) {
                return Fetched.nothing(e.explanation());
            }
        }

        private static Fetched fetched(ByteString body) {
            List<IssuerCertificate> certificates = new ArrayList<>();
            for (ByteString der : ders(body)) {
                try {
                    certificates.add(IssuerCertificate.parse(der));
                } catch (InvalidCertificateException _) {
                    // Unsupported; there may be others.
                }
            }
            return new Fetched(
                    certificates, certificates.isEmpty() ? "its content is not a certificate" : "");
        }

        /// One DER certificate, PEM, or a certs-only CMS message (RFC 5280 §4.2.2.1).
        private static List<ByteString> ders(ByteString body) {
            byte[] bytes = body.toArray();
            try {
                if (bytes.length > 0 && bytes[0] != DerTag.SEQUENCE) {
                    return pem(new String(bytes, StandardCharsets.ISO_8859_1));
                }
                List<ByteString> found = new ArrayList<>();
                for (X509CertificateHolder each :
                        new CMSSignedData(bytes).getCertificates().getMatches(null)) {
                    found.add(ByteString.of(each.getEncoded()));
                }
                return found;
            } catch (CMSException | IOException | RuntimeException _) {
                return List.of(body);
            }
        }

        private static List<ByteString> pem(String text) throws IOException {
            List<ByteString> found = new ArrayList<>();
            try (PemReader reader = new PemReader(new StringReader(text))) {
                for (PemObject each = reader.readPemObject();
                        each != null;
                        each = reader.readPemObject()) {
                    found.add(ByteString.of(each.getContent()));
                }
            }
            return found;
        }
    }
}
