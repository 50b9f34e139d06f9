package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;
import org.precertocsp.signer.BoundedSigner;
import org.precertocsp.signer.CredentialFinding;
import org.precertocsp.signer.CredentialLoadResult;
import org.precertocsp.signer.CredentialLoader;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.IssuerCertificate;
import org.precertocsp.signer.ReloadableSigner;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SigningConfig;
import org.precertocsp.signer.SigningJournal;
import org.precertocsp.signer.key.PrivateKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens the signing credential of each issuer: key, certificate and the limits around them.
public final class Credentials {
    private static final Duration ENDS_EVERY = Duration.ofHours(1);
    private static final Logger LOG = LoggerFactory.getLogger(Credentials.class);

    /// An issuer with a credential, as configured.
    ///
    /// @param certificates of the CA, all with one name and key
    public record Issuer(
            String name,
            IssuerKey key,
            List<IssuerCertificate> certificates,
            IssuerProfile profile,
            CredentialSource source) {
        public Issuer {
            certificates = List.copyOf(certificates);
        }

        public CredentialLoader loader(InstantSource clock) {
            return new CredentialLoader(source, certificates, profile, PrivateKeys::open, clock);
        }
    }

    /// Credentials that must not sign.
    public static final class Rejected extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient List<String> reasons;

        private Rejected(List<String> reasons) {
            super(String.join("; ", reasons));
            this.reasons = List.copyOf(reasons);
        }

        /// One for each credential and rule.
        public List<String> reasons() {
            return reasons;
        }
    }

    private Credentials() {}

    /// Opens all credentials.
    ///
    /// @param aroundKey wraps the signer below its limits
    /// @throws Rejected naming every credential that must not sign, and why
    public static List<IssuerCredential> open(
            List<Issuer> issuers,
            SigningConfig limits,
            SigningJournal journal,
            UnaryOperator<ResponseSigner> aroundKey,
            InstantSource clock,
            Lifecycle life)
            throws Rejected {
        List<IssuerCredential> credentials = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (Issuer issuer : issuers) {
            CredentialLoader loader = issuer.loader(clock);
            CredentialLoadResult load = loader.load();
            load.findings().forEach(it -> report(issuer.name() + ": " + it, it, reasons));
            if (load instanceof CredentialLoadResult.Ready ready) {
                LOG.info(
                        "responses of {} are signed with {}",
                        issuer.name(),
                        ready.credential().key().description());
                ReloadableSigner current =
                        life.closeLater(new ReloadableSigner(loader, ready.credential(), journal));
                BoundedSigner bounded =
                        life.closeLater(new BoundedSigner(aroundKey.apply(current), limits, clock));
                credentials.add(
                        new IssuerCredential(
                                issuer.name(), issuer.key(), loader, current, bounded));
            }
        }
        if (!reasons.isEmpty()) {
            throw new Rejected(reasons);
        }
        return credentials;
    }

    private static void report(String line, CredentialFinding finding, List<String> reasons) {
        if (finding.isError()) {
            reasons.add(line);
        } else {
            LOG.warn("{}", line);
        }
    }

    /// Raises alerts before responders' and issuers' certificates end.
    ///
    /// @param issuers the certificate of each, by its name
    /// @param leads how long before
    public static BackgroundTasks.Task watchEnds(
            List<IssuerCredential> credentials,
            Map<String, IssuerCertificate> issuers,
            List<Duration> leads,
            Alarm alarm,
            BackgroundTasks tasks,
            InstantSource clock) {
        Instant start = clock.instant();
        ExpiryMonitor watch =
                new ExpiryMonitor(leads, alarm, clock, () -> ends(credentials, issuers, start));
        return tasks.every("certificate-ends", ENDS_EVERY, watch::check);
    }

    private static Map<String, Instant> ends(
            List<IssuerCredential> credentials,
            Map<String, IssuerCertificate> issuers,
            Instant start) {
        Map<String, Instant> ends = new TreeMap<>();
        issuers.forEach(
                (name, certificate) -> {
                    // An issuer that had ended before the start is kept for its old certificates.
                    if (certificate.notAfter().isAfter(start)) {
                        ends.put("the certificate of issuer " + name, certificate.notAfter());
                    }
                });
        for (IssuerCredential one : credentials) {
            one.current()
                    .credential()
                    .delegate()
                    .ifPresent(
                            it ->
                                    ends.put(
                                            "the responder certificate of " + one.issuer(),
                                            it.notAfter()));
        }
        return ends;
    }
}
